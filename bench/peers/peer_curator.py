"""Curator with its online processor against an OpenAI-compatible address; its cache is an empty folder."""

import os
import tempfile

from measured import arguments, measure, tokenizers_at_hand

os.environ.setdefault("CURATOR_DISABLE_CACHE", "1")
os.environ.setdefault("TELEMETRY_ENABLED", "0")
os.environ.setdefault("CURATOR_VIEWER", "0")
tokenizers_at_hand()

from bespokelabs import curator


class Coder(curator.LLM):
    """Asks each row as it stands."""

    def prompt(self, row: dict) -> list[dict]:
        return [{"role": "system", "content": row["system"]}, {"role": "user", "content": row["user"]}]

    def parse(self, row: dict, response: str) -> dict:
        return {"answer": response}


def main() -> None:
    asked, at_once, latency, base = arguments()
    coder = Coder(
        model_name="mock",
        backend="openai",
        backend_params={
            "base_url": base,
            "api_key": "sk-mock",
            "max_concurrent_requests": at_once,
            "max_requests_per_minute": 1_000_000,
            "max_tokens_per_minute": 1_000_000_000,
        },
    )
    rows = [{"system": question["system"], "user": question["user"]} for question in asked]

    with tempfile.TemporaryDirectory() as folder:

        def work(*_) -> int:
            done = coder(rows, working_dir=folder)
            return len(getattr(done, "dataset", done))

        measure("curator", work, asked, at_once, latency)


if __name__ == "__main__":
    main()
