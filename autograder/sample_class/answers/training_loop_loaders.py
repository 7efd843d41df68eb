# correct, second style: data loaders, a measurement in batches, a file in memory, opened files | loses: nothing
# %% train-epoch
from torch.utils.data import DataLoader, TensorDataset

def train_epoch(model, X, y, optimizer, batch_size, generator):
    model.train()
    criterion, total = nn.CrossEntropyLoss(), 0.0
    for xb, yb in DataLoader(TensorDataset(X, y), batch_size, shuffle=True, generator=generator):
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    return total / len(X)

# %% evaluate
@torch.inference_mode()
def evaluate(model, X, y):
    mode, loss, right = model.training, 0.0, 0
    model.eval()
    for xb, yb in DataLoader(TensorDataset(X, y), batch_size=256):
        scores = model(xb)
        loss += nn.functional.cross_entropy(scores, yb, reduction="sum").item()
        right += (scores.max(dim=1).indices == yb).sum().item()
    model.train(mode)
    return loss / len(X), right / len(X)

# %% fit
import io

def fit(model, run_epoch, validate, epochs):
    train_losses, val_losses, states = [], [], []
    for _ in range(epochs):
        train_losses.append(run_epoch())
        val_losses.append(validate())
        states.append(io.BytesIO())
        torch.save(model.state_dict(), states[-1])
    best = states[int(np.argmin(val_losses))]
    best.seek(0)
    model.load_state_dict(torch.load(best, weights_only=True))
    return train_losses, val_losses

# %% save-checkpoint
def save_checkpoint(path, model, optimizer, epoch):
    with open(path, "wb") as file:
        torch.save(dict(model=model.state_dict(), optimizer=optimizer.state_dict(), epoch=int(epoch)), file)

# %% load-checkpoint
def load_checkpoint(path, model, optimizer):
    with open(path, "rb") as file:
        found = torch.load(file, map_location="cpu", weights_only=True)
    for key, part in (("model", model), ("optimizer", optimizer)):
        part.load_state_dict(found[key])
    return int(found["epoch"])
