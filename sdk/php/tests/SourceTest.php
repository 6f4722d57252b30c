<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;

/**
 * The house's rules for the source, and that everything public is documented with its types.
 *
 * @group source
 */
final class SourceTest extends TestCase
{
    private const ROOT = __DIR__ . '/..';

    /** @return array<string, array{string}> every PHP file of the folder, except what others made */
    public static function files(): array
    {
        $files = [];

        foreach (['', 'src/', 'src/*/', 'tests/', 'tests/*/', 'conformance/', 'examples/', 'tools/'] as $folder) {
            foreach (glob(self::ROOT . "/$folder*.php") ?: [] as $file) {
                $files[substr($file, strlen(self::ROOT) + 1)] = [$file];
            }
        }

        return $files + ['conformance/driver' => [self::ROOT . '/conformance/driver']];
    }

    /** @dataProvider files */
    public function testFilesKeepTheRules(string $file): void
    {
        $lines = file($file, FILE_IGNORE_NEW_LINES) ?: [];

        self::assertContains('declare(strict_types=1);', $lines);
        self::assertLessThanOrEqual(400, count($lines));
        self::assertSame([], preg_grep('/^.{121}/u', $lines), 'long lines');
        self::assertSame([], preg_grep('/\s$|\t|\r/', $lines), 'spaces at the end, and tabs');
        self::assertSame([], self::unusedImports(implode("\n", $lines)), 'imports that nothing uses');
        \PhpToken::tokenize((string) file_get_contents($file), TOKEN_PARSE); // Throws a ParseError.
    }

    /** @return list<string> */
    private static function unusedImports(string $code): array
    {
        preg_match_all('/^use [\w\\\\]*?(\w+);$/m', $code, $imports);
        $rest = (string) preg_replace('/^use .*;$/m', '', $code);

        return array_values(array_filter($imports[1], static fn (string $name): bool =>
            preg_match("/\b$name\b/", $rest) !== 1));
    }

    /** @return array<string, array{\ReflectionClass<object>}> every class of the SDK */
    public static function classes(): array
    {
        $classes = [];

        foreach (array_keys(self::files()) as $file) {
            if (str_starts_with($file, 'src/')) {
                $name = 'SysSecure\\' . strtr(substr($file, 4, -4), '/', '\\');
                $classes[$name] = [new \ReflectionClass($name)];
            }
        }

        return $classes;
    }

    /**
     * @dataProvider classes
     *
     * @param \ReflectionClass<object> $class
     */
    public function testFunctionsAreShortAndDocumented(\ReflectionClass $class): void
    {
        $isInternal = str_contains($class->getDocComment() ?: '', '@internal');
        $problems = $class->getDocComment() === false ? ['the class has no description'] : [];

        foreach (self::ownMethods($class) as $method) {
            if ($method->getEndLine() - $method->getStartLine() >= 50) {
                $problems[] = "{$method->getName()} is longer than 50 lines";
            }
            if (!self::isOfInterface($class, $method)) {
                array_push($problems, ...self::missingTypes($method));

                if ($method->isPublic() && !$isInternal && !$method->getDocComment() && $method->getName()[0] !== '_') {
                    $problems[] = "{$method->getName()} has no description";
                }
            }
        }
        foreach ($isInternal ? [] : $class->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            if (!$property->isPromoted() && $property->class === $class->name && !self::isPlain($class)) {
                array_push($problems, ...self::undocumented($property));
            }
        }
        self::assertSame([], $problems);
    }

    /** @return list<string> the arrays whose elements have no type, and the parameters of operations without a text */
    private static function missingTypes(\ReflectionMethod $method): array
    {
        $doc = $method->getDocComment() ?: '';
        $isOperation = str_starts_with($method->class, 'SysSecure\\Resource\\') && $method->isPublic();
        $problems = [];

        foreach ($method->getParameters() as $parameter) {
            $isArray = preg_match('/\barray\b/', (string) $parameter->getType()) === 1;
            $isExplained = preg_match("/@param \S.*\\\${$parameter->getName()}\b/s", $doc) === 1;

            $needsText = $isOperation && $parameter->getName() !== 'engine';

            if (!$isExplained && ($isArray || $needsText)) {
                $problems[] = "{$method->getName()} does not explain \${$parameter->getName()}";
            }
        }
        $hasElements = preg_match('/@return (non-empty-)?(list|array)[<{]/', $doc) === 1;

        if ((string) $method->getReturnType() === 'array' && !$hasElements) {
            $problems[] = "{$method->getName()} returns an array of unknown elements";
        }

        return $problems;
    }

    /** @return list<string> */
    private static function undocumented(\ReflectionProperty $property): array
    {
        $doc = $property->getDocComment() ?: '';
        $isBare = (string) $property->getType() === 'array' && preg_match('/@var (list|array)</', $doc) !== 1;

        return array_keys(array_filter([
            "\${$property->getName()} has no description" => $doc === '',
            "\${$property->getName()} is an array of unknown elements" => $isBare,
        ]));
    }

    /**
     * Whether the names of the properties say enough.
     *
     * @param \ReflectionClass<object> $class
     */
    private static function isPlain(\ReflectionClass $class): bool
    {
        return $class->isEnum() || $class->name === Client::class;
    }

    /** @param \ReflectionClass<object> $class */
    private static function isOfInterface(\ReflectionClass $class, \ReflectionMethod $method): bool
    {
        return array_filter($class->getInterfaces(), static fn (\ReflectionClass $interface): bool =>
            $interface->hasMethod($method->getName())) !== [];
    }

    public function testTheVersionIsThatOfTheChangelog(): void
    {
        preg_match('/^## (\S+)/m', (string) file_get_contents(self::ROOT . '/CHANGELOG.md'), $match);

        self::assertSame(Client::VERSION, $match[1] ?? null);
        self::assertStringNotContainsString('"version"', (string) file_get_contents(self::ROOT . '/composer.json'));
    }

    /**
     * @param \ReflectionClass<object> $class
     * @return list<\ReflectionMethod> those that its file declares
     */
    private static function ownMethods(\ReflectionClass $class): array
    {
        return array_values(array_filter($class->getMethods(), static fn (\ReflectionMethod $method): bool =>
            $method->class === $class->name && $method->getFileName() === $class->getFileName()));
    }
}
