"""What the proofs of an exercise share."""

import pytest

pytest.register_assert_rewrite("tests.exercises.proofs")    # so that a failed proof shows its values


@pytest.fixture
def slug(request):
    """The exercise that a file test_<slug>.py is about."""
    return request.module.__name__.rpartition("test_")[2]
