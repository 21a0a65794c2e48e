"""Serves one home with the smallest application: ``serve_tiny.py HOME PORT``."""

import sys

from upwell.base.errors import UpwellError
from upwell.platform.home import Home
from upwell.platform.serve import Listening, serve

if __name__ == "__main__":
    try:
        asked = Listening(port=int(sys.argv[2]), application="tiny_app:app")
        serve(Home.at(sys.argv[1]), asked, lambda words: print(words, flush=True))
    except UpwellError as error:
        print(error.message, file=sys.stderr)
        sys.exit(1)
