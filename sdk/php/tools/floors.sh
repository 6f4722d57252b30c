#!/bin/sh
# Runs the unit tests under every PHP that is installed, in other locales and settings, and starts the driver with nothing but
# ext-curl. The rules for the source are left out, because they do not depend on any of that.
set -eu
cd "$(dirname "$0")/.."

phpunit=$(command -v phpunit)
locales=.tools/locale
commands='{"id":1,"cmd":"hello"}
{"id":2,"cmd":"describe"}
{"id":3,"cmd":"retry_delay","retry":2,"random":0.5,"status":503}'

tests() { # NAME COMMAND...
  name=$1
  shift
  if ! output=$("$@" "$phpunit" -c phpunit.xml --exclude-group source 2>&1); then
    echo "$output"
    echo "the unit tests fail: $name"
    exit 1
  fi
  echo "unit tests pass: $name"
}

tested=
for php in php php8.2 php8.3 php8.4 php8.5; do
  if command -v "$php" >/dev/null; then
    version=$("$php" -r 'echo PHP_VERSION;')
    case $tested in *" $version "*) continue ;; esac
    tested="$tested $version "
    tests "PHP $version" "$php"
  fi
done

tests "opcache, another time zone, few digits" \
  php -d opcache.enable_cli=1 -d date.timezone=Asia/Kolkata -d precision=4 -d short_open_tag=0

for locale in de_DE tr_TR; do
  mkdir -p "$locales"

  if [ ! -d "$locales/$locale.UTF-8" ] && ! localedef -i "$locale" -f UTF-8 "$locales/$locale.UTF-8" 2>/dev/null; then
    echo "skipped: the locale $locale (apt-get install locales)"
    [ -z "${CI:-}" ] || { echo "in CI nothing may be skipped"; exit 1; }
    continue
  fi
  export LOCPATH="$PWD/$locales" LC_ALL="$locale.UTF-8"
  php -r 'setlocale(LC_ALL, "") && localeconv()["decimal_point"] === "," || exit("this locale has no comma\n");'
  tests "the locale $locale" php
done
unset LOCPATH LC_ALL

# The extensions that every PHP has, and curl.
answers=$(echo "$commands" | php -n -d extension=curl conformance/driver)
case $answers in
  *'"sdk":"php"'*'"operations"'*'"sleep_ms":750'*) echo "the driver starts with ext-curl alone" ;;
  *) echo "the driver with ext-curl alone answers: $answers" && exit 1 ;;
esac
