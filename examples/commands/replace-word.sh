#!/bin/sh
# Replaces a word in a repository: a command agent for the playbook 'code-change'.
#
# The request says which, as in "replace helo by hello". It clones the bundle that it is given,
# changes every file in which the word stands, and hands the difference in as a patch.
set -eu
task=$(cat)
words=$(printf '%s' "$task" | tr -d '\n' |
    sed -n 's/.*replace \([A-Za-z]*\) by \([A-Za-z]*\).*/\1 \2/p')
if [ -z "$words" ]; then
    echo "the request does not say 'replace ONE by ANOTHER'" >&2
    exit 1
fi
from=${words% *}
to=${words#* }
for bundle in material/*; do
    git clone -q -b consort "$bundle" clone
done
cd clone
git grep -lzw "$from" | xargs -0r sed -i "s/\b$from\b/$to/g"
git diff > ../change.patch
cd ..
# JSON wants its quotes, its backslashes and its line ends written out.
patch=$(sed 's/\\/\\\\/g; s/"/\\"/g; s/\t/\\t/g; s/$/\\n/' change.patch | tr -d '\n')
printf '{"patch": "%s", "summary": "Replace %s by %s\\n\\nIn every file where it is a word of its own."}' \
    "$patch" "$from" "$to"
