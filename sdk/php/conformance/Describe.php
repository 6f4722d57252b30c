<?php

declare(strict_types=1);

namespace SysSecure\Conformance;

use SysSecure\Client;
use SysSecure\Page;
use SysSecure\Resource\Resource;
use SysSecure\Result\Value;

/** What the SDK has, read from its code and its docblocks. */
final class Describe
{
    /** @return array<string, \ReflectionMethod> the operations by their names in the suite */
    public static function operations(): array
    {
        $operations = [];
        foreach (['lookup', 'explainNumber'] as $name) {
            $operations[Canonical::snake($name)] = new \ReflectionMethod(Client::class, $name);
        }

        foreach ((new \ReflectionClass(Client::class))->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            $class = (string) $property->getType();

            foreach ((new \ReflectionClass($class))->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
                if (is_subclass_of($class, Resource::class) && !str_starts_with($method->getName(), '__')) {
                    $name = Canonical::snake($property->getName()) . '.' . Canonical::snake($method->getName());
                    $operations[$name] = $method;
                }
            }
        }

        return $operations;
    }

    /** @return array<string, array{params: list<string>, result: list<string>}> */
    public static function all(): array
    {
        return array_map(static fn (\ReflectionMethod $method): array => [
            'params' => self::params($method),
            'result' => self::fields(self::resultClass($method)),
        ], self::operations());
    }

    /** @return list<string> */
    private static function params(\ReflectionMethod $method): array
    {
        $names = array_map(static fn (\ReflectionParameter $p): string => $p->getName(), $method->getParameters());

        return array_map(Canonical::snake(...), array_values(array_diff($names, Arguments::OPTIONS)));
    }

    private static function resultClass(\ReflectionMethod $method): string
    {
        $class = (string) $method->getReturnType();

        return $class === Page::class ? self::ofGeneric((string) $method->getDocComment(), '@return Page') : $class;
    }

    /** @return list<string> the fields as dotted paths */
    private static function fields(string $class): array
    {
        $fields = [];

        foreach ((new \ReflectionClass($class))->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            $name = Canonical::snake($property->getName());
            $type = ltrim((string) $property->getType(), '?');
            $doc = (string) $property->getDocComment();

            if (in_array($property->getName(), ['raw', 'requestId'], true)) {
                continue;
            }
            if ($type === 'array' && preg_match('/@var list<[A-Z]/', $doc) === 1) {
                [$name, $type] = [$name . '[]', self::ofGeneric($doc, '@var list')];
            }
            if (!is_subclass_of($type, Value::class)) {
                $fields[] = $name;
                continue;
            }
            foreach (self::fields($type) as $inner) {
                $fields[] = "$name.$inner";
            }
        }

        return $fields;
    }

    /** The class in <> of a docblock's type. */
    private static function ofGeneric(string $doc, string $before): string
    {
        preg_match('/' . preg_quote($before, '/') . '<(?:Result\\\\)?(\w+)>/', $doc, $match);

        return 'SysSecure\\Result\\' . $match[1];
    }
}
