<?php

declare(strict_types=1);

require __DIR__ . '/../init.php';

setlocale(LC_ALL, ''); // That of the environment: nothing may depend on it.

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . strtr(substr($class, strlen('SysSecure\\Tests\\')), '\\', '/') . '.php';

    if (str_starts_with($class, 'SysSecure\\Tests\\') && is_file($file)) {
        require $file;
    }
});
