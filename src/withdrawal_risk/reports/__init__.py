"""The report: numbers from the queries, words from the text files, one self-contained HTML page."""
