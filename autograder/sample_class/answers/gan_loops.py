# correct, number by number | loses: nothing
# %% discriminator-loss
import math

def discriminator_loss(real_logits, fake_logits):
    R, F = real_logits.shape[0], fake_logits.shape[0]
    d_real, d_fake = np.zeros(real_logits.shape), np.zeros(fake_logits.shape)
    real_loss = fake_loss = 0.0
    for i in range(R):
        z = float(real_logits.reshape(-1)[i])
        real_loss += max(-z, 0) + math.log1p(math.exp(-abs(z)))
        e = math.exp(-abs(z))
        d_real.reshape(-1)[i] = -(e if z >= 0 else 1) / (1 + e) / R
    for j in range(F):
        z = float(fake_logits.reshape(-1)[j])
        fake_loss += max(z, 0) + math.log1p(math.exp(-abs(z)))
        e = math.exp(-abs(z))
        d_fake.reshape(-1)[j] = (1 if z >= 0 else e) / (1 + e) / F
    return real_loss / R + fake_loss / F, d_real, d_fake

# %% generator-loss
def generator_loss(fake_logits, saturating=False):
    total, grad = 0.0, np.empty_like(fake_logits)
    for index, z in np.ndenumerate(fake_logits):
        p = 1 / (1 + np.exp(-max(z, -700)))
        if saturating:
            total -= z if z > 100 else np.log1p(np.exp(z))
            grad[index] = -p / fake_logits.size
        else:
            total += -z if z < -100 else np.log1p(np.exp(-z))
            grad[index] = -(1 - p) / fake_logits.size
    return total / fake_logits.size, grad

# %% optimal-discriminator
def best_at(p: float, q: float) -> float:
    return 0.5 if p == 0 == q else p / (p + q)


def optimal_discriminator(p_data: np.ndarray, p_model: np.ndarray) -> np.ndarray:
    return np.array([best_at(p, q) for p, q in zip(p_data.ravel(), p_model.ravel())]).reshape(p_data.shape)

# %% modes-covered
import math

def modes_covered(samples, centres, radius, at_least):
    covered = 0
    for c in centres:
        near = [s for s in samples if math.dist(s, c) <= radius]
        covered += len(near) >= at_least
    return covered

# %% train-step
def train_step(generator, discriminator, real, noise_d, noise_g):
    discriminator.zero_grad()
    generator.zero_grad()
    fake = generator.forward(noise_d)
    real_logits = discriminator.forward(real)
    fake_logits = discriminator.forward(fake)
    d_loss, d_real, d_fake = discriminator_loss(real_logits, fake_logits)
    discriminator.backward(d_fake)
    discriminator.forward(real)
    discriminator.backward(d_real)
    discriminator.step()
    g_loss, d_logits = generator_loss(discriminator.forward(generator.forward(noise_g)), saturating=False)
    generator.backward(discriminator.backward(d_logits))
    generator.step()
    return float(d_loss), float(g_loss)
