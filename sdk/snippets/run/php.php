<?php

declare(strict_types=1);

// Runs samples, see ../README.md.
require __DIR__ . '/../../php/init.php';

// A notice, such as that of an unknown property, fails a sample.
set_error_handler(static function (int $level, string $text, string $file, int $line): never {
    throw new ErrorException($text, 0, $level, $file, $line);
});

$run = static function (SysSecure\Client $client, string $path, string $variables): void {
    foreach (explode(' ', $variables) as $one) {
        [$name, $value] = explode('=', $one, 2);
        ${lcfirst(str_replace('_', '', ucwords(strtolower($name), '_')))} = $value;
    }
    ob_start();
    try {
        eval(file_get_contents($path));
    } finally {
        ob_end_clean();
    }
};

$client = new SysSecure\Client();
while (($line = fgets(STDIN)) !== false) {
    [$operation, $path, $variables] = explode("\t", rtrim($line, "\n"));
    try {
        $run($client, $path, $variables);
        fwrite(STDOUT, "ok\t$operation\n");
    } catch (Throwable $e) {
        fwrite(STDOUT, "failed\t$operation\t" . preg_replace('/\s+/', ' ', (string) $e) . "\n");
    }
}
