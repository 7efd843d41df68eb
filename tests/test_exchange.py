"""A class that hands in through nbgrader's exchange: the commands of docs/jupyterhub.md; what must not come through."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import get_username
from traitlets.config import Config

from autograder.course.exchange import files_of
from autograder.course.files import Course
from autograder.course.gradebook import configure, open_gradebook
from autograder.marking.exercise import solution_notebook
from autograder.marking.submission import BadSubmission
from autograder.sample_class.build import expected

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "jupyterhub.md"
BLOCKS = re.findall(r"^```sh test\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
ME = get_username()
LATER = "2099-01-01 00:00:00 UTC"  # what a forged submission says
LATE = timedelta(days=2)


class Hub:
    """A hub with one user, who is student and instructor, in a folder of its own."""

    def __init__(self, root):
        self.root, self.course, self.said = root, Course.at(root / "term"), ""
        self.exchange = root / "srv" / "nbgrader" / "exchange"
        self.inbound = self.exchange / "perceptron-to-transformer" / "inbound"
        shutil.copytree(ROOT / "exercises" / "adam", root / "project" / "exercises" / "adam")
        for folder in ("project", "term", "student", "home"):
            (root / folder).mkdir(exist_ok=True)
        for folder in ("project", "term"):
            shutil.copy(ROOT / "nbgrader_config.py", root / folder)

    def run(self, commands):
        """Run a block of the guide in the project's folder, with all its places in ours; what it says is kept."""
        for place in ("/srv/nbgrader", "/etc/jupyter"):
            commands = commands.replace(place, f"{self.root}{place}")
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {"HOME": str(self.root / "home"), "JUPYTER_CONFIG_PATH": str(self.root / "etc" / "jupyter"),
               "PYTHONPATH": str(ROOT), "PATH": path, "OMP_NUM_THREADS": "1"}  # fmt: skip
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        ran = subprocess.run(["sh", "-euc", commands], cwd=self.root / "project", env=kept | own,
                             capture_output=True, text=True)  # fmt: skip
        assert ran.returncode == 0, f"{commands}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
        self.said += ran.stderr

    def start(self, step, folder, **options):
        """Take a step of the exchange here and now, as nbgrader's command in that folder of ours would."""
        config, place = configure(Config()), str(self.root / folder)
        config.Exchange.update(root=str(self.exchange), cache=str(self.root / "cache"), assignment_dir=place)
        config.CourseDirectory.update(root=place, assignment_id="adam", db_url=self.course.gradebook)
        made = {"coursedir": CourseDirectory(config=config), "authenticator": Authenticator(config=config)}
        getattr(ExchangeFactory(config=config), step)(config=config, **made, **options).start()


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """The hub after all commands of the guide, with a student who hands in twice, late, and others who cheat."""
    hub = Hub(tmp_path_factory.mktemp("hub"))
    for block in BLOCKS:
        if "nbgrader submit" in block:
            hub.start("Submit", "student")  # the untouched exercise
            nbformat.write(solution_notebook("adam"), hub.root / "student" / "adam" / "adam.ipynb")
        if "nbgrader collect" in block:
            with open_gradebook(hub.course) as gradebook:
                gradebook.add_assignment("adam", duedate=f"{datetime.now(UTC) - LATE:%Y-%m-%d %H:%M:%S} UTC")
            forge(hub)
        hub.run(block)
    return hub


@pytest.mark.sandbox
def test_the_guide_leads_from_release_to_the_last_submission_and_its_feedback(hub):
    with open_gradebook(hub.course) as gradebook:
        (submission,) = gradebook.assignment_submissions("adam")
        assert submission.student_id == ME and submission.score == sum(expected("adam")["ada"].values())
        assert 0 <= (LATE - timedelta(seconds=submission.total_seconds_late)).total_seconds() < 600
        moment = submission.timestamp
    (page,) = (hub.root / "student" / "adam" / "feedback").glob("*/adam.html")
    assert page.parent.name.startswith(f"{moment:%Y-%m-%d %H:%M:%S}")
    assert "✓ passed" in page.read_text(encoding="utf-8") and "✗ not yet" not in page.read_text(encoding="utf-8")
    assert hub.exchange.stat().st_mode & 0o7777 == 0o1777  # as the guide made it; nbgrader leaves the first digit


@pytest.mark.sandbox
def test_what_somebody_else_laid_there_is_told_and_not_collected(hub):
    assert set(re.findall(r"not collected: (.*)", hub.said)) == {
        f"nobody+adam+{LATER}+1: it is said to be nobody's, and belongs to another user of this machine",
        f"{ME}+adam+{LATER}+2: it is no folder that can be read (Not a directory)",
        f"{ME}+adam+{LATER}+3: cannot be read: Too many levels of symbolic links",
        f"{ME}+adam+soon+4: Unknown string format: soon",
    }
    assert [folder.name for folder in hub.course.submitted.iterdir()] == [ME]


def forge(hub):
    """Lay into the exchange what a student could lay there by hand."""
    secret = hub.root / "secret"
    secret.mkdir()
    (secret / "adam.ipynb").write_text("{}", encoding="utf-8")
    shutil.copytree(secret, hub.inbound / f"nobody+adam+{LATER}+1")
    (hub.inbound / f"{ME}+adam+{LATER}+2").symlink_to(secret)
    (hub.inbound / f"{ME}+adam+{LATER}+3").mkdir()
    (hub.inbound / f"{ME}+adam+{LATER}+3" / "adam.ipynb").symlink_to(secret / "adam.ipynb")
    shutil.copytree(secret, hub.inbound / f"{ME}+adam+soon+4")


@pytest.fixture
def handed_in(tmp_path):
    """A submission as nbgrader writes it, with a file beside it that nobody asked for."""
    for name in ("adam.ipynb", "timestamp.txt", "submission_secret.txt", "data.csv"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def test_the_notebook_and_the_notes_are_collected(handed_in):
    assert set(files_of(handed_in, "adam", ME)) == {"adam.ipynb", "timestamp.txt", "submission_secret.txt"}
    (handed_in / "timestamp.txt").unlink()
    assert files_of(handed_in, "adam", "")["adam.ipynb"] == b"adam.ipynb"


@pytest.mark.parametrize("name", ["adam.ipynb", "timestamp.txt", "submission_secret.txt"])
def test_no_link_is_followed(handed_in, name):
    (handed_in / name).unlink()
    (handed_in / name).symlink_to(handed_in / "data.csv")
    with pytest.raises(BadSubmission, match="symbolic links"):
        files_of(handed_in, "adam", ME)


def test_what_could_stop_the_run_is_refused(handed_in):
    (handed_in / "timestamp.txt").write_text("x" * 2000, encoding="utf-8")
    with pytest.raises(BadSubmission, match="larger than"):
        files_of(handed_in, "adam", ME)
    (handed_in / "timestamp.txt").unlink()
    os.mkfifo(handed_in / "timestamp.txt")
    with pytest.raises(BadSubmission, match="no ordinary file"):
        files_of(handed_in, "adam", ME)
    with pytest.raises(BadSubmission, match="No such file"):
        files_of(handed_in / "nothing", "adam", ME)


def test_a_notebook_of_another_name_is_told(handed_in):
    with pytest.raises(BadSubmission, match="No such file"):
        files_of(handed_in, "vae", ME)
