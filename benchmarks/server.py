"""Serves the bench's home, as ``upwell serve`` would, with the peer beside the product."""

from __future__ import annotations

import json
import sys

from upwell.platform.home import Home
from upwell.platform.listening import Listening
from upwell.platform.serve import serve

if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    asked = Listening(port=order["port"], workers=order["workers"], application="benchmarks.app:app")
    serve(Home.at(), asked, lambda words: print(words, flush=True))
