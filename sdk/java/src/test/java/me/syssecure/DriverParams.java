package me.syssecure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Builds the parameters of a call from their wire names, through the public builders. */
final class DriverParams {
    /** Stands for a value that a parameter of the SDK cannot take. */
    private static final Object UNFIT = new Object();

    private DriverParams() {}

    /** Takes what the builder has out of the arguments. */
    static Object build(Class<?> type, Map<String, Object> arguments) throws Exception {
        Object builder = begin(type, arguments);
        for (String name : List.copyOf(arguments.keySet())) {
            List<Method> setters = setters(builder.getClass()).stream()
                    .filter(method -> Canonical.name(method.getName()).equals(name))
                    .toList();
            if (!setters.isEmpty()) {
                set(builder, setters, arguments.remove(name));
            }
        }

        return builder.getClass().getMethod("build").invoke(builder);
    }

    private static Object begin(Class<?> type, Map<String, Object> arguments) throws Exception {
        for (Method factory : factories(type)) {
            List<Object> values = new ArrayList<>();
            for (Parameter parameter : factory.getParameters()) {
                values.add(convert(arguments.get(Canonical.name(parameter.getName())), parameter));
            }

            if (!values.contains(UNFIT)) {
                Arrays.stream(factory.getParameters()).forEach(p -> arguments.remove(Canonical.name(p.getName())));
                return invoke(factory, null, values.toArray());
            }
        }

        throw new IllegalArgumentException("no builder of " + type.getSimpleName() + " takes the arguments");
    }

    private static void set(Object builder, List<Method> setters, Object value) throws Exception {
        for (Method setter : setters) {
            Object converted = convert(value, setter.getParameters()[0]);
            if (converted != UNFIT) {
                invoke(setter, builder, converted);
                return;
            }
        }

        if (value != null) { // a primitive cannot be null, so the compiler makes its user leave it out
            throw new IllegalArgumentException(setters.get(0).getName() + " does not take " + value.getClass());
        }
    }

    private static Object invoke(Method method, Object target, Object... arguments) throws Exception {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static List<Method> factories(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers()) && method.getName().equals("builder"))
                .toList();
    }

    private static List<Method> setters(Class<?> builder) {
        return Arrays.stream(builder.getMethods())
                .filter(method -> method.getParameterCount() == 1 && !method.isVarArgs()
                        && Params.Builder.class.isAssignableFrom(method.getReturnType()))
                .toList();
    }

    static Set<String> names(Class<?> type) {
        Set<String> names = new TreeSet<>();
        for (Method factory : factories(type)) {
            Arrays.stream(factory.getParameters()).forEach(p -> names.add(Canonical.name(p.getName())));
            setters(factory.getReturnType()).forEach(setter -> names.add(Canonical.name(setter.getName())));
        }

        return names;
    }

    private static Object convert(Object value, Parameter parameter) {
        Class<?> type = parameter.getType();
        if (value == null) {
            return type.isPrimitive() ? UNFIT : null;
        }

        if (value instanceof Map<?, ?> map) {
            return convertMap(Canonical.object(map), type);
        }

        if (value instanceof Long number) {
            return type == long.class ? value : type == int.class ? (Object) number.intValue() : UNFIT;
        }

        if (value instanceof List<?> list && type == Collection.class) {
            boolean isChannels = parameter.getParameterizedType() instanceof ParameterizedType generic
                    && generic.getActualTypeArguments()[0] == Channel.class;
            return isChannels ? list.stream().map(name -> Channel.of((String) name)).toList() : list;
        }

        if (value instanceof String text) {
            return type == String.class ? text : type == Channel.class ? Channel.of(text) : UNFIT;
        }

        return value instanceof Boolean && type == boolean.class ? value : UNFIT;
    }

    private static Object convertMap(Map<String, Object> map, Class<?> type) {
        if (map.containsKey("$time")) {
            String time = (String) map.get("$time");
            return type == Instant.class ? OffsetDateTime.parse(time).toInstant() : UNFIT;
        }

        if (map.containsKey("$duration_ms")) {
            return type == Duration.class ? DriverClient.duration(map.get("$duration_ms")) : UNFIT;
        }

        if (type == Fallback.class) {
            Object after = map.get("after");
            return Fallback.after(after instanceof Long seconds
                    ? Duration.ofSeconds(seconds)
                    : DriverClient.duration(Canonical.object(after).get("$duration_ms")));
        }

        if (type == TemplateChannels.class) {
            return TemplateChannels.of(new Fields(map, Optional.empty()));
        }

        return type == Map.class ? map : UNFIT;
    }
}
