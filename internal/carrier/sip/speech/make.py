"""Makes prompts.zip: for each line of sentences.tsv the sentence and the digits 0 to 9, as 8 kHz mu-law without a header.

It needs espeak-ng, flite and sox, which run as separate processes. The archive is the same bytes for the same versions.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).parent
# Silence is cut at both ends, because the call decides on the pauses; all prompts get the same loudness.
TRIM = ["silence", "1", "0.01", "0.5%", "reverse", "silence", "1", "0.01", "0.5%", "reverse"]


def speak(voice: str, text: str, wav: str) -> None:
    if voice.startswith("flite:"):
        command = ["flite", "-voice", voice.removeprefix("flite:"), "-t", text, "-o", wav]
    else:
        command = ["espeak-ng", "-v", voice, "-s", "150", "-w", wav, text]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def prompt(voice: str, text: str, folder: str) -> bytes:
    wav = folder + "/spoken.wav"
    speak(voice, text, wav)
    raw = ["-t", "raw", "-e", "mu-law", "-r", "8000", "-c", "1", "-"]
    done = subprocess.run(
        ["sox", "-R", "-D", wav, *raw, *TRIM, "gain", "-n", "-5"], check=True, capture_output=True
    )
    if len(done.stdout) < 800:
        raise SystemExit(f"{voice} says {text!r} in {len(done.stdout)} bytes: it does not know the text")
    return done.stdout


def main() -> None:
    lines = (HERE / "sentences.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    archive = HERE / "prompts.zip"
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for tag, voice, sentence in rows:
            for name, text in [("code", sentence), *((str(d), str(d)) for d in range(10))]:
                entry = zipfile.ZipInfo(f"{tag}/{name}.ulaw", (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                z.writestr(entry, prompt(voice, text, folder))
    size = archive.stat().st_size
    print(f"{len(rows)} languages, {size} bytes")
    if size > 4_000_000:
        sys.exit("the prompts must fit into 4 MB")


if __name__ == "__main__":
    main()
