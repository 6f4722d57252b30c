<?php

declare(strict_types=1);

// For projects without Composer: require this file once, and the classes of SysSecure load by themselves.
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'SysSecure\\')) {
        $file = __DIR__ . '/src/' . strtr(substr($class, 10), '\\', '/') . '.php';

        if (is_file($file)) {
            require $file;
        }
    }
});
