"""What every peer is measured by: wall time from the first question on, processor time and peak memory, children included."""

import importlib.util
import json
import os
import pathlib
import resource
import sys
import time


def tokenizers_at_hand() -> None:
    """Tools that count tokens would fetch a tokenizer from the network; LiteLLM, which they come with, holds the same files."""
    litellm = pathlib.Path(importlib.util.find_spec("litellm").origin).parent
    os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(litellm / "litellm_core_utils" / "tokenizers"))


def questions(path: str) -> list[dict]:
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def measure(tool: str, work, asked: list[dict], at_once: int, latency: float) -> None:
    start, used = time.monotonic(), cpu()
    answered = work(asked, at_once)
    wall, used = time.monotonic() - start, cpu() - used
    ideal = -(-len(asked) // at_once) * latency
    print(
        json.dumps(
            {
                "tool": tool,
                "asked": len(asked),
                "answered": answered,
                "wall_s": round(wall, 3),
                "efficiency": round(ideal / wall, 3),
                "cpu_ms_per_call": round(1e3 * used / len(asked), 2),
                "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
            }
        )
    )


def arguments() -> tuple[list[dict], int, float, str]:
    """questions.jsonl AT_ONCE LATENCY_SECONDS BASE_URL"""
    return questions(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
