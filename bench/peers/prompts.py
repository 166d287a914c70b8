"""Writes N invented documents and, for each, the question that Lacuna would ask, as lines of JSON: system, user, schema, max_tokens.

Usage: prompts.py LACUNA N TARGET
"""

import json
import pathlib
import subprocess
import sys
import tempfile

SENTENCES = [
    "The harbour office shall keep a register of every machine that sorts cargo by learned rules.",
    "An operator shall test such a machine for unequal treatment of ships before it is used.",
    "Whoever is refused a berth by a machine may ask a person to look at the refusal within ten days.",
    "The operator shall tell the harbour office of a serious incident within three working days.",
]


def document(n: int) -> str:
    text, section = f"Harbour Machines Act {n}\n\n", 0
    while len(text) < 4200:
        section += 1
        first, second = SENTENCES[(n + section) % 4], SENTENCES[(n // 3 + 3 * section) % 4]
        text += f"Section {section}. {first} {second} Quay {n % 97} is exempt in case {n}.\n\n"
    return text


def main(lacuna: str, count: int, target: str) -> None:
    with tempfile.TemporaryDirectory() as folder, open(target, "w", encoding="utf-8") as out:
        path = pathlib.Path(folder) / "act.txt"
        for n in range(count):
            path.write_text(document(n), encoding="utf-8")
            shown = subprocess.run(
                [lacuna, "--quiet", "--data", folder, "--json", "prompt", "show", str(path)],
                check=True,
                capture_output=True,
            )
            question = json.loads(shown.stdout)["questions"][0]
            line = {
                "system": "\n\n".join(block["text"] for block in question["system"]),
                "user": "\n\n".join(block["text"] for block in question["user"]),
                "schema": question["schema"]["json"],
                "max_tokens": question["max_output_tokens"],
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
