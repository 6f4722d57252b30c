#!/bin/sh
# Compiles the numbering plans from the newest metadata that PyPI has (package phonenumbers), and the numbers that they are
# compared with by libphonenumber itself, of the same version, from Maven. Needs python3 with pip, mvn and java 11 or later.
set -eu
cd "$(dirname "$0")"
phone=../../internal/phone
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$folder" phonenumbers
PYTHONPATH=$(echo "$folder"/phonenumbers-*.whl) python3 plans.py >"$folder/plans.txt"
version=$(sed -n 's/^# libphonenumber //p' "$folder/plans.txt")
before=$(sed -n 's/^# libphonenumber //p' $phone/plans.txt)

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact="com.googlecode.libphonenumber:libphonenumber:$version" -DoutputDirectory="$folder"
java -cp "$folder/libphonenumber-$version.jar" Oracle.java "$version" >"$folder/oracle.txt"

mv "$folder/plans.txt" $phone/plans.txt
mv "$folder/oracle.txt" $phone/testdata/oracle.txt
echo "numbering plans: libphonenumber $version (before: $before)"
