<?php

declare(strict_types=1);

// Measures what the SDK adds to bare ext-curl: the time to load it in a new process, and the time of a call to
// SYSSECURE_BASE_URL. The argument is the folder dist.

namespace SysSecure\Tools;

use SysSecure\Client;

require __DIR__ . '/common.php';

const LOADS = 60;
const CALLS = 1500;

const BARE_LOAD = <<<'PHP'
    <?php
    $handle = curl_init('https://otp.example.com/v2/balance');
    curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => ['Authorization: Bearer x']]);
    PHP;

/**
 * Runs two things by turns, so that both meet the same disturbances.
 *
 * @param \Closure(): mixed $bare
 * @param \Closure(): mixed $sdk
 * @return array{float, float} the median of each, in microseconds
 */
function medians(int $rounds, \Closure $bare, \Closure $sdk): array
{
    $times = [[], []];

    for ($round = -intdiv($rounds, 10); $round < $rounds; $round++) {
        foreach ([$bare, $sdk] as $i => $do) {
            $began = hrtime(true);
            $do();
            $took = (hrtime(true) - $began) / 1000;

            if ($round >= 0) { // The rounds before warm the caches.
                $times[$i][] = $took;
            }
        }
    }

    return array_map(static function (array $values): float {
        sort($values);

        return $values[intdiv(count($values), 2)];
    }, $times);
}

/** @return \Closure(): void runs a script in a new process */
function process(string $file): \Closure
{
    return static function () use ($file): void {
        $process = proc_open([PHP_BINARY, $file], [], $pipes);
        proc_close($process) === 0 || fail("$file failed");
    };
}

/** @return \Closure(): mixed asks for the balance with a curl handle of its own */
function bareCall(string $url, string $key): \Closure
{
    $handle = curl_init();

    return static function () use ($handle, $url, $key): mixed {
        curl_setopt_array($handle, [
            CURLOPT_URL => "$url/v2/balance",
            CURLOPT_HTTPHEADER => ["Authorization: Bearer $key", 'Accept: application/json'],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 30,
        ]);
        $answer = json_decode((string) curl_exec($handle), true);

        return $answer['credits'] ?? fail('the server gave no balance');
    };
}

$dist = $argv[1] ?? fail('usage: bench.php FOLDER');
$folder = temporaryFolder();
$package = unpack($dist, $folder);
require "$package/init.php";

file_put_contents("$folder/bare.php", BARE_LOAD);
file_put_contents("$folder/sdk.php", "<?php require '$package/init.php'; new SysSecure\\Client('sk_test_key');");
[$bare, $sdk] = medians(LOADS, process("$folder/bare.php"), process("$folder/sdk.php"));
printf("import: %.1f ms, bare ext-curl %.1f ms: %.2f times\n", $sdk / 1000, $bare / 1000, $sdk / $bare);

$url = (string) getenv('SYSSECURE_BASE_URL') ?: fail('set SYSSECURE_BASE_URL');
$client = new Client();
[$bare, $sdk] = medians(
    CALLS,
    bareCall($url, (string) getenv('SYSSECURE_API_KEY')),
    static fn (): mixed => $client->balance->get()->credits,
);
printf("call: %d µs, bare ext-curl %d µs: %.2f times, %d µs more\n", $sdk, $bare, $sdk / $bare, $sdk - $bare);
printf("package: %d bytes\n", filesize(glob("$dist/*php-*.zip")[0]));
