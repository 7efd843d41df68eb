# correct, helper functions and one cross-entropy for both | loses: nothing
# %% discriminator-loss
def bce(z, y):
    loss = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
    e = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    return loss.mean(), (p - y) / z.size


def discriminator_loss(real_logits, fake_logits):
    loss_real, d_real = bce(real_logits, 1.0)
    loss_fake, d_fake = bce(fake_logits, 0.0)
    return loss_real + loss_fake, d_real, d_fake

# %% generator-loss
def generator_loss(fake_logits, saturating=False):
    if not saturating:
        return bce(fake_logits, 1.0)
    loss, grad = bce(fake_logits, 0.0)
    return -loss, -grad

# %% optimal-discriminator
def optimal_discriminator(p_data, p_model):
    total = np.add(p_data, p_model)
    return np.divide(p_data, total, out=np.full_like(total, 0.5), where=total != 0)

# %% modes-covered
def modes_covered(samples, centres, radius, at_least):
    if len(samples) < at_least:
        return 0
    covered = set()
    for k, centre in enumerate(centres):
        distances = sorted(np.linalg.norm(samples - centre, axis=1))
        if distances[at_least - 1] <= radius:
            covered.add(k)
    return len(covered)

# %% train-step
def detectives_turn(generator, discriminator, real, noise):
    both = np.r_[real, generator.forward(noise)]
    logits = discriminator.forward(both)
    loss, *grads = discriminator_loss(*np.split(logits, [real.shape[0]]))
    discriminator.zero_grad()
    discriminator.backward(np.concatenate(grads, axis=0))
    discriminator.step()
    return loss


def forgers_turn(generator, discriminator, noise):
    loss, grad = generator_loss(discriminator.forward(generator.forward(noise)))
    for network in (generator, discriminator):
        network.zero_grad()
    for network in (discriminator, generator):
        grad = network.backward(grad)
    generator.step()
    return loss


def train_step(generator, discriminator, real, noise_d, noise_g):
    return [detectives_turn(generator, discriminator, real, noise_d), forgers_turn(generator, discriminator, noise_g)]
