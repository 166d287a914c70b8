"""Codes JSON lines with `lacuna code` on a Spark cluster: each partition pipes its lines through one process.

Usage: spark-submit code.py texts.jsonl judgements [partitions]

Every worker needs the `lacuna` binary on its PATH, or under the path in LACUNA.
"""

import os
import sys

from pyspark.sql import SparkSession


def main(source: str, target: str, partitions: int) -> None:
    spark = SparkSession.builder.appName("lacuna code").getOrCreate()
    lines = spark.sparkContext.textFile(source, minPartitions=partitions)
    # Exit code 2 means that some lines could not be coded; those lines say so themselves.
    command = f"sh -c '{os.environ.get('LACUNA', 'lacuna')} code || [ $? -eq 2 ]'"
    lines.pipe(command, checkCode=True).saveAsTextFile(target)
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 8)
