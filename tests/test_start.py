"""The one command: what it says, what it makes once, and what it does not do a second time."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from starting import check, command, install, serve, steps
from starting.steps import Trouble

ROOT = Path(__file__).parent.parent
LISTS = ("requirements.txt",)
ASSETS = ("package.json", "package-lock.json", ".npmrc")


def load_start() -> object:
    """Load start.py without running it."""
    spec = importlib.util.spec_from_file_location("start_under_test", ROOT / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_start(*arguments: str, python: str = sys.executable, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [python, str(ROOT / "start.py"), *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", **environment},
        timeout=60,
        check=False,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a folder that looks like the repository to the set-up, with a space and Chinese in its path."""
    root = tmp_path / "多规 合一"
    (root / "geodata" / "demo").mkdir(parents=True)
    for name in ("store.py", "catalogue.py"):
        (root / "geodata" / name).write_text(name, encoding="utf-8")
    (root / "geodata" / "demo" / "build.py").write_text("build", encoding="utf-8")
    for name in (*LISTS, *ASSETS):
        (root / name).write_text(name, encoding="utf-8")
    return root


class Runner:
    """Stands in for run_step: notes each command and does what the command would have done."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.titles: list[str] = []
        self.fails: dict[str, str] = {}

    def __call__(self, root: Path, _title: str, arguments: Sequence[str | Path], _how_far: object = None) -> None:
        assert root == self.root
        words = [str(word) for word in arguments]
        kind = next(kind for kind in ("venv", "pip", "ci", "geodata.demo.build") if kind in words)
        self.titles.append(kind)
        if kind in self.fails:
            raise steps.StepFailed(self.fails[kind])
        if kind == "venv":
            install.venv_python(root).parent.mkdir(parents=True)
            install.venv_python(root).write_text("python", encoding="utf-8")
        if kind == "geodata.demo.build":
            out = Path(words[words.index("--out") + 1])
            out.mkdir()
            (out / "catalogue.sqlite").write_text("layers", encoding="utf-8")


@pytest.fixture
def runner(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    stub = Runner(repository)
    monkeypatch.setattr(install, "run_step", stub)
    monkeypatch.setattr(install, "npm_command", lambda _root, _wheels: ["npm"])
    monkeypatch.setattr(install, "venv_version", lambda root: "3.11" if install.venv_python(root).exists() else "")
    return stub


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((serve.LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


# ---- which Python ----


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 13, 99)])
def test_supported_pythons_are_not_refused(version: tuple[int, ...]) -> None:
    assert load_start().refusal(version) == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_other_pythons_get_one_sentence_in_two_languages(version: tuple[int, ...]) -> None:
    sentence = load_start().refusal(version)  # type: ignore[attr-defined]
    found = ".".join(map(str, version))
    assert f"这是 Python {found}，本程序需要 3.11–3.13" in sentence
    assert f"This is Python {found}; 3.11 to 3.13 is needed" in sentence


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.8", "3.10"])
def test_an_old_python_prints_the_sentence_and_no_syntax_error(version: str) -> None:
    kept = Path.home() / ".pyenv" / "versions"
    found = shutil.which(
        f"python{version}", path=os.pathsep.join(str(path / "bin") for path in kept.glob(f"{version}.*"))
    )
    if found is None:
        pytest.skip(f"no Python {version} on this computer")
    answer = run_start(python=found)
    assert answer.returncode == 2
    assert f"This is Python {version}." in answer.stderr
    assert "Error" not in answer.stderr
    assert answer.stdout == ""


# ---- the command line ----


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--port", "0"), "--port 0：端口是 1–65535 的整数。"),
        (("--port", "eighty"), "--port eighty: a port is a whole number from 1 to 65535."),
        (("--workspace", "no such folder"), "no such folder：请检查路径。"),
    ],
)
def test_a_wrong_argument_gets_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    answer = run_start(*arguments)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.splitlines()) == 2


def test_what_follows_two_dashes_goes_to_pytest() -> None:
    options, pytest_arguments = command.read_arguments(["test", "--", "-k", "start"])
    assert options.task == "test"
    assert pytest_arguments == ["-k", "start"]


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (PermissionError(13, "no", "locked.txt"), "没有权限写 locked.txt"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (KeyboardInterrupt(), "再运行一次会接着做"),
        (RuntimeError("?"), "start-error.log"),
    ],
)
def test_no_failure_shows_a_traceback(
    error: BaseException,
    part: str,
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_options: object) -> int:
        raise error

    monkeypatch.setattr(command, "start", fail)
    monkeypatch.setattr(command, "ROOT", repository)
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    assert command.main([]) == 2
    shown = capsys.readouterr().err
    assert part in shown
    assert "Traceback" not in shown


# ---- the port ----


def test_a_busy_port_is_named_with_a_free_one(busy_port: int) -> None:
    answer = run_start("--port", str(busy_port))
    assert answer.returncode == 2
    assert f"Port {busy_port} is in use" in answer.stderr
    free = int(answer.stderr.rsplit("--port ", 1)[1].rstrip(".\n"))
    assert serve.bind_error(serve.LOOPBACK, free) is None


def test_a_free_port_is_not_refused(busy_port: int) -> None:
    free = next(
        port for port in range(busy_port + 1, busy_port + 100) if serve.bind_error(serve.LOOPBACK, port) is None
    )
    serve.require_port(serve.LOOPBACK, free)


def test_an_address_of_another_computer_is_refused() -> None:
    with pytest.raises(Trouble, match=r"192\.0\.2\.1 is not an address of this computer"):
        serve.require_port("192.0.2.1", serve.DEFAULT_PORT)


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)],  # noqa: S104
)
def test_which_addresses_are_open_to_others(host: str, local: bool) -> None:
    assert serve.is_local(host) is local


def test_the_address_to_open() -> None:
    assert serve.address("0.0.0.0", 8501) == "http://127.0.0.1:8501"  # noqa: S104
    assert serve.address("::1", 8501) == "http://[::1]:8501"


# ---- the set-up ----


def test_the_first_set_up_makes_everything_and_the_second_starts_nothing(repository: Path, runner: Runner) -> None:
    install.set_up(repository, LISTS, None)
    assert runner.titles == ["venv", "pip", "ci", "geodata.demo.build"]
    install.set_up(repository, LISTS, None)
    assert runner.titles == ["venv", "pip", "ci", "geodata.demo.build"]


def test_the_second_start_runs_no_pip_and_no_npm(
    repository: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.set_up(repository, LISTS, None)
    monkeypatch.undo()
    commands: list[str] = []

    def note(arguments: Sequence[str], **_: object) -> "subprocess.CompletedProcess[str]":
        commands.append(" ".join(arguments))
        return subprocess.CompletedProcess(arguments, 0, stdout="3.11\n")

    monkeypatch.setattr(subprocess, "run", note)
    monkeypatch.setattr(subprocess, "Popen", lambda *_args, **_options: pytest.fail("a process was started"))
    install.set_up(repository, LISTS, None)
    assert len(commands) == 1
    assert commands[0].endswith("print('%d.%d' % sys.version_info[:2])")


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements.txt", ["pip"]),
        ("package-lock.json", ["ci"]),
        ("geodata/demo/build.py", ["geodata.demo.build"]),
    ],
)
def test_only_what_has_changed_is_made_again(changed: str, again: list[str], repository: Path, runner: Runner) -> None:
    install.set_up(repository, LISTS, None)
    runner.titles.clear()
    (repository / changed).write_text("other", encoding="utf-8")
    install.set_up(repository, LISTS, None)
    assert runner.titles == again


def test_a_killed_set_up_is_made_again(repository: Path, runner: Runner) -> None:
    runner.fails["pip"] = "killed"
    with pytest.raises(Trouble):
        install.set_up(repository, LISTS, None)
    runner.fails.clear()
    runner.titles.clear()
    half = repository / ".venv" / "half a package"
    half.write_text("", encoding="utf-8")
    install.set_up(repository, LISTS, None)
    assert runner.titles == ["venv", "pip", "ci", "geodata.demo.build"]
    assert not half.exists()


def test_a_venv_whose_python_is_gone_is_made_again(repository: Path, runner: Runner) -> None:
    install.set_up(repository, LISTS, None)
    install.venv_python(repository).unlink()
    runner.titles.clear()
    install.set_up(repository, LISTS, None)
    assert runner.titles == ["venv", "pip"]


def test_the_version_of_a_missing_venv_is_empty(repository: Path) -> None:
    assert install.venv_version(repository) == ""


def test_the_test_lists_are_kept_apart_from_the_lists_to_run(repository: Path, runner: Runner) -> None:
    (repository / "requirements-dev.txt").write_text("dev", encoding="utf-8")
    install.install_packages(repository, [*LISTS, "requirements-dev.txt"], None)
    install.install_packages(repository, LISTS, None)
    assert runner.titles == ["venv", "pip"]


def test_a_killed_build_leaves_no_half_workspace(repository: Path, runner: Runner) -> None:
    runner.fails["geodata.demo.build"] = "killed"
    (repository / "workspace" / "demo-building").mkdir(parents=True)
    with pytest.raises(Trouble, match=r"start-demo\.log"):
        install.build_demo(repository)
    assert not (repository / "workspace" / "demo").exists()
    runner.fails.clear()
    install.build_demo(repository)
    assert sorted(path.name for path in (repository / "workspace").iterdir()) == ["demo", "start-demo.log"]


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_demonstration_that_someone_changed_is_kept(by_hand: bool, repository: Path, runner: Runner) -> None:
    install.build_demo(repository)
    target = repository / "workspace" / "demo"
    if by_hand:
        (target / "own layer").write_text("mine", encoding="utf-8")
    (repository / "geodata" / "demo" / "build.py").write_text("newer", encoding="utf-8")
    install.build_demo(repository)
    assert (target.with_name("demo-kept-1") / "own layer").exists() is by_hand
    assert not (target / "own layer").exists()


def test_debian_without_its_venv_module_gets_the_exact_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    monkeypatch.setattr(install, "is_root", lambda: False)
    with pytest.raises(Trouble, match=rf"sudo apt-get install -y python3\.{sys.version_info[1]}-venv"):
        install.require_venv_module()


@pytest.mark.parametrize(
    ("output", "wheels", "part"),
    [
        ("Temporary failure in name resolution", None, "Python packages could not be fetched: check the network"),
        ("Temporary failure in name resolution", None, "--wheels wheels"),
        ("No matching distribution", Path("wheels"), "wheels lacks packages"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", None, "differs from its pinned hash"),
        ("[Errno 28] No space left on device", None, "磁盘已满"),
    ],
)
def test_pip_without_a_network(output: str, wheels: Path | None, part: str, repository: Path, runner: Runner) -> None:
    runner.fails["pip"] = output
    with pytest.raises(Trouble) as caught:
        install.set_up(repository, LISTS, wheels)
    assert part in str(caught.value)
    assert (repository / "workspace" / "start-pip.log").read_text(encoding="utf-8") == output


def test_npm_without_a_network(repository: Path, runner: Runner) -> None:
    runner.fails["ci"] = "ENOTFOUND"
    with pytest.raises(Trouble, match="copy the folder vendor from a computer that is set up"):
        install.set_up(repository, LISTS, None)
    assert steps.read_stamp(repository / "vendor") == []


def test_a_computer_without_npm_gets_it_as_a_python_package(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[object] = []
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(install, "pip_install", lambda *arguments: installed.append(arguments[1]))
    words = install.npm_command(repository, None)
    assert installed == [["requirements-node.txt"]]
    assert words[0] == install.venv_python(repository)


def test_pip_is_counted() -> None:
    lines = ["Collecting numpy==2.4.0\n", "  Downloading\n", "Collecting pandas==3.0.0\n"]
    assert install.packages_so_far(lines, pinned=60).endswith("2/60")
    assert "unpacking" in install.packages_so_far([*lines, "Installing collected packages: numpy\n"], pinned=60)


# ---- steps ----


def test_a_step_that_fails_gives_all_that_it_printed(tmp_path: Path) -> None:
    code = "import sys; print('多规'); print('wrong', file=sys.stderr); sys.exit(3)"
    with pytest.raises(steps.StepFailed) as caught:
        steps.run_step(tmp_path, "step", [sys.executable, "-c", code])
    assert sorted(str(caught.value).split()) == ["wrong", "多规"]


def test_a_step_has_no_standard_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps.run_step(tmp_path, "reading", [sys.executable, "-c", "import sys; assert sys.stdin.read() == ''"])
    assert "· reading" in capsys.readouterr().out


def test_a_folder_is_digested_by_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1", encoding="utf-8")
    before = steps.digest(tmp_path)
    steps.write_stamp(tmp_path, ["a stamp does not count"])
    assert steps.digest(tmp_path) == before
    (tmp_path / "a").rename(tmp_path / "b")
    assert steps.digest(tmp_path) != before


# ---- start.py test ----


def test_every_check_runs_and_one_failure_is_enough(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def run(arguments: Sequence[str], **options: object) -> "subprocess.CompletedProcess[str]":
        assert options["stdin"] == subprocess.DEVNULL
        ran.append(" ".join(arguments[1:]))
        return subprocess.CompletedProcess(arguments, 1 if "mypy" in arguments else 0)

    monkeypatch.setattr(check, "set_up", lambda *_: None)
    monkeypatch.setattr(check, "require_packages", lambda _root: None)
    monkeypatch.setattr(subprocess, "run", run)
    assert check.run_checks(repository, None, ["-k", "start"]) == 1
    assert len(ran) == len(check.CHECKS)
    assert ran[-1] == "-m pytest -k start"
    assert "failed: mypy" in capsys.readouterr().out


def test_without_root_the_exact_apt_command_is_given(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "apt-get" else None)
    monkeypatch.setattr(check, "is_root", lambda: False)
    monkeypatch.setattr(check, "POSTGRESQL", repository)
    with pytest.raises(Trouble, match="sudo apt-get install -y chromium fonts-noto-cjk postgresql-postgis"):
        check.require_packages(repository)


def test_root_brings_what_is_missing(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "17" / "lib").mkdir(parents=True)
    (repository / "17" / "lib" / "postgis-3.so").touch()
    ran: list[Sequence[str]] = []
    monkeypatch.setattr(check, "missing_packages", lambda: ["chromium"])
    monkeypatch.setattr(check, "POSTGRESQL", repository)
    monkeypatch.setattr(check, "is_root", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(check, "run_step", lambda _root, _title, arguments: ran.append(arguments))
    monkeypatch.setenv("DEBIAN_FRONTEND", "")
    check.require_packages(repository)
    assert [" ".join(words) for words in ran] == [
        "apt-get update",
        "apt-get install -y --no-install-recommends chromium",
    ]


@pytest.mark.parametrize("has_apt", [False, True])
def test_without_postgis_alone_the_tests_still_run(
    has_apt: bool, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object) -> None:
        raise steps.StepFailed("no network")

    monkeypatch.setattr(check, "missing_packages", list)
    monkeypatch.setattr(check, "POSTGRESQL", repository)
    monkeypatch.setattr(check, "is_root", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda name: name if has_apt else None)
    monkeypatch.setattr(check, "run_step", fail)
    monkeypatch.setenv("DEBIAN_FRONTEND", "")
    check.require_packages(repository)
    shown = capsys.readouterr().out
    assert "no PostGIS: the tests that ask it are skipped" in shown
    assert "postgresql-postgis" in shown


# ---- the pinned lists ----


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json"]
)
def test_no_download_address_is_pinned(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert '"resolved"' not in text
