<?php

declare(strict_types=1);

namespace SysSecure\Conformance;

/** Turns the suite's arguments into those of a method of the SDK. */
final class Arguments
{
    /** Parameters that are no parameters of the operation. */
    public const OPTIONS = ['idempotencyKey', 'options'];

    /**
     * @param array<string, mixed>|\stdClass $args by wire name
     * @return array<string, mixed> by the parameter's name
     */
    public static function of(\ReflectionMethod $method, array|\stdClass $args): array
    {
        $args = (array) $args;
        $named = [];

        foreach ($method->getParameters() as $parameter) {
            $wire = Canonical::snake($parameter->getName());

            if (array_key_exists($wire, $args) && !in_array($parameter->getName(), self::OPTIONS, true)) {
                $named[$parameter->getName()] = self::value($args[$wire], $parameter);
                unset($args[$wire]);
            }
        }

        if ($args !== []) {
            throw new \LogicException($method->getName() . ' has no parameter ' . implode(', ', array_keys($args)));
        }

        return $named;
    }

    private static function value(mixed $value, \ReflectionParameter $parameter): mixed
    {
        $value = self::special($value);

        // {} is an object to the suite; a parameter that takes only arrays takes it as an empty one.
        return $value instanceof \stdClass && !str_contains((string) $parameter->getType(), 'object')
            ? (array) $value
            : $value;
    }

    private static function special(mixed $value): mixed
    {
        if (!is_array($value)) {
            return $value;
        }
        if (array_key_exists('$time', $value)) {
            return new \DateTimeImmutable($value['$time']);
        }
        if (array_key_exists('$duration_ms', $value)) {
            $duration = new \DateInterval('PT0S');
            $duration->s = intdiv((int) $value['$duration_ms'], 1000);
            $duration->f = ((int) $value['$duration_ms'] % 1000) / 1000;

            return $duration;
        }

        return array_map(self::special(...), $value);
    }
}
