"""The peer: trafilatura reads the same pages, once a line on standard input, and prints what each took in milliseconds."""

import json
import sys
import time

import trafilatura


def main():
    pages = []
    with open(sys.argv[1], encoding="utf-8") as listing:
        for line in listing:
            _, path, url = line.rstrip("\n").split("\t")
            with open(path, "rb") as page:
                pages.append((page.read(), url or None))
    print(json.dumps(trafilatura.__version__), flush=True)
    for _ in sys.stdin:
        took = []
        for page, url in pages:
            began = time.perf_counter()
            trafilatura.bare_extraction(page, url=url, with_metadata=True)
            took.append((time.perf_counter() - began) * 1000)
        print(json.dumps(took), flush=True)


main()
