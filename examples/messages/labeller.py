#!/usr/bin/env python3
"""Sorts messages by the words of a list: one of several labellers, each with a list of its own.

It is a command agent: one task comes in on standard input, one JSON value goes out. The list is named
on the command line; each of its lines is a label and the words that speak for it. Where no word is
found, it gives the first label of the list.
"""
import json
import re
import sys


def material(task, name):
    """The first piece of material of this name."""
    for piece in task["material"]:
        if piece["name"] == name:
            return piece["json"] if "json" in piece else piece["text"]
    sys.exit(f"the task gives no material '{name}'")


def choose(text, words, labels):
    """The label most of whose words are in the text."""
    found = re.findall(r"[a-z]+", text.lower())
    counts = {label: sum(found.count(word) for word in words.get(label, [])) for label in words}
    best = max(counts, key=counts.get)
    return best if best in labels else labels[0]


task = json.load(sys.stdin)
with open(sys.argv[1], encoding="utf-8") as file:
    lines = [line.split(":", 1) for line in file if ":" in line]
words = {label.strip(): known.split() for label, known in lines}
labels = material(task, "labels")
items = material(task, "batch")["items"]
answers = [
    {"id": item["id"], "label": choose(" ".join(item["text"].values()), words, labels)}
    for item in items
]
json.dump({"labels": answers}, sys.stdout)
