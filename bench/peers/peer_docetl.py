"""DocETL with one map operation over the documents; it wraps the question in its own prompt and asks through LiteLLM."""

import json
import os
import pathlib
import tempfile

from measured import arguments, measure, tokenizers_at_hand

os.environ["OPENAI_API_KEY"] = "sk-mock"
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
tokenizers_at_hand()

from docetl.api import Dataset, MapOp, Pipeline, PipelineOutput, PipelineStep


def main() -> None:
    asked, at_once, latency, base = arguments()
    os.environ["OPENAI_API_BASE"] = os.environ["OPENAI_BASE_URL"] = base
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder) / "in.json", pathlib.Path(folder) / "out.json"
        source.write_text(json.dumps([{"system": q["system"], "user": q["user"]} for q in asked]), encoding="utf-8")

        def work(*_) -> int:
            pipeline = Pipeline(
                name="code",
                datasets={"acts": Dataset(type="file", path=str(source))},
                operations=[
                    MapOp(
                        name="code",
                        type="map",
                        prompt="{{ input.system }}\n\n{{ input.user }}",
                        output={"schema": {"labels": "string"}, "mode": "structured_output"},
                        model="openai/mock",
                    )
                ],
                steps=[PipelineStep(name="code", input="acts", operations=["code"])],
                output=PipelineOutput(type="file", path=str(target), intermediate_dir=folder),
                default_model="openai/mock",
            )
            pipeline.run(max_threads=at_once)
            return len(json.loads(target.read_text(encoding="utf-8")))

        measure("docetl", work, asked, at_once, latency)


if __name__ == "__main__":
    main()
