"""instructor with its asynchronous client, a semaphore and JSON-schema answers."""

import asyncio

import instructor
from openai import AsyncOpenAI
from pydantic import BaseModel, ConfigDict

from measured import arguments, measure


class Labels(BaseModel):
    """The answer as it comes; the labels are read by whoever uses them."""

    model_config = ConfigDict(extra="allow")
    labels: dict


def main() -> None:
    asked, at_once, latency, base = arguments()
    client = instructor.from_openai(AsyncOpenAI(base_url=base, api_key="sk-mock", max_retries=2), mode=instructor.Mode.JSON)

    async def all_of_them() -> int:
        places = asyncio.Semaphore(at_once)

        async def one(question: dict) -> int:
            messages = [{"role": "system", "content": question["system"]}, {"role": "user", "content": question["user"]}]
            async with places:
                answer = await client.chat.completions.create(
                    model="mock", messages=messages, max_tokens=question["max_tokens"], response_model=Labels
                )
            return int(isinstance(answer.labels, dict))

        return sum(await asyncio.gather(*(one(question) for question in asked)))

    measure("instructor", lambda *_: asyncio.run(all_of_them()), asked, at_once, latency)


if __name__ == "__main__":
    main()
