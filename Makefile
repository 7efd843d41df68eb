# Two commands matter: `make lab` opens the course, `make test` runs all checks. Both set up everything they need.
PYTHON ?= python3
PY := .venv/bin/python
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)  # in a container one is often root
export PYTHON
.PHONY: lab teach test demo slides book lite lite-test grade check release dist bench

lab: .venv/lab-ready  ## open the course in JupyterLab
	PATH="$$PWD/.venv/bin:$$PATH" $(PY) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/lessons/README.md $(ROOT)

# By way of the environment, so that neither make nor the shell takes a folder's name for something of theirs.
teach: export FOLDER := $(value COURSE)
teach: .venv/lab-ready  ## open the folder of a class in JupyterLab, to mark by hand: make teach COURSE=../term
	@$(PY) -m autograder teach --course "$$FOLDER" -- $(ROOT)

test: .venv/test-ready  ## run all checks
	$(PY) -m pytest -n auto --dist loadfile

demo: .venv/demo-ready  ## serve all demos full screen, without code, for a class
	$(PY) -m nnlib.demo

slides: .venv/lab-ready  ## run the lessons and write their talks into build/slides: make slides LESSON=lessons/04*.ipynb
	$(PY) -m nnlib.demo.slides $(LESSON)

book: .venv/book-ready  ## run the lessons, write the course as a site into build/book/html: make book REPOSITORY=owner/name
	OMP_NUM_THREADS=1 $(PY) docs/book/build.py $(if $(REPOSITORY),--repository '$(REPOSITORY)')

grade: .venv/lab-ready  ## grade the sample class into build/sample_class/gradebook.db, and write its report.html
	$(PY) -m autograder.sample_class.build build/sample_class/submitted
	$(PY) -m autograder grade --course build/sample_class
	$(PY) -m autograder report --course build/sample_class

check: .venv/lab-ready  ## prove every exercise: solution full, untouched zero, each mistake caught
	$(PY) -m autograder check

release: .venv/lab-ready  ## make exercises/ from solutions/
	$(PY) -m autograder release

dist: .venv/lab-ready  ## make the wheel and the zips for students and instructors in build/dist, try each in a new environment
	$(PY) .ci/dist.py

bench: .venv/test-ready  ## compare nnlib with PyTorch
	$(PY) -m benchmarks

lite: .venv/lab-ready .venv-lite/$(if $(OFFLINE),offline,online)  ## write the NumPy half as a site for the browser into build/lite: make lite OFFLINE=1
	OMP_NUM_THREADS=1 $(PY) docs/lite/build.py $(if $(OFFLINE),--offline)

lite-test: .venv/test-ready  ## try the offline site in a browser that reaches nothing else; CI may run it once a week
	$(PY) -m pytest -rP docs/lite/test_in_browser.py

.venv-lite/%: docs/lite/requirements.txt docs/lite/pinned.txt
	rm -rf .venv-lite
	$(PYTHON) -m venv .venv-lite
	.venv-lite/bin/python -m pip install --quiet --disable-pip-version-check -r docs/lite/requirements.txt \
		$(if $(filter offline,$*),-c docs/lite/pinned.txt)
	touch $@

.venv/%-ready: pyproject.toml setup.py constraints.txt
	sh .ci/setup $(if $(filter test demo book,$*),[$*])
	touch $@
