package me.syssecure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A method of the SDK, found by its canonical name: the driver tells what is there, not what should be.
 *
 * @param service the method of the client that returns the service, or null when the client has the operation itself
 * @param method  the method with all its parameters
 */
record Operation(Method service, Method method) {
    /** Methods of the client that are no operations of the API. */
    private static final Set<String> LOCAL = Set.of("builder", "webhooks", "async", "request", "close", "toString");

    static Operation of(String name, boolean async) {
        Operation operation = all(async ? AsyncSysSecure.class : SysSecure.class).get(name);
        if (operation == null) {
            throw new IllegalArgumentException("there is no operation " + name);
        }

        return operation;
    }

    private static Map<String, Operation> all(Class<?> client) {
        Map<String, Operation> all = new TreeMap<>();
        for (Method service : client.getDeclaredMethods()) {
            String name = Canonical.name(service.getName());
            if (LOCAL.contains(service.getName()) || !Modifier.isPublic(service.getModifiers())) {
                continue;
            }

            if (service.getParameterCount() > 0) {
                add(all, name, new Operation(null, service));
            } else {
                publicMethods(service.getReturnType())
                        .forEach(method -> add(all, name + "." + Canonical.name(method.getName()),
                                new Operation(service, method)));
            }
        }

        return all;
    }

    private static List<Method> publicMethods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .toList();
    }

    /** Of the forms of a method, the one with the most parameters does all that the others do. */
    private static void add(Map<String, Operation> all, String name, Operation operation) {
        all.merge(name, operation, (a, b) ->
                a.method.getParameterCount() > b.method.getParameterCount() ? a : b);
    }

    Object invoke(SysSecure client, Object[] arguments) throws Exception {
        boolean async = method.getDeclaringClass().getSimpleName().startsWith("Async");
        Object owner = async ? client.async() : client;
        try {
            return method.invoke(service == null ? owner : service.invoke(owner), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    Object[] arguments(Map<String, Object> given, RequestOptions options) throws Exception {
        Map<String, Object> rest = new LinkedHashMap<>(given);
        Parameter[] parameters = method.getParameters();
        Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            Class<?> type = parameters[i].getType();
            if (type == String.class || type == long.class) {
                arguments[i] = rest.remove(Canonical.name(parameters[i].getName()));
            } else if (type == RequestOptions.class) {
                arguments[i] = options;
            }
        }

        for (int i = 0; i < parameters.length; i++) {
            if (Params.class.isAssignableFrom(parameters[i].getType())) {
                arguments[i] = DriverParams.build(parameters[i].getType(), rest);
            }
        }

        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("the SDK does not have the parameters " + rest.keySet());
        }

        return arguments;
    }

    static Map<String, Object> describe() {
        Map<String, Object> described = new TreeMap<>();
        all(SysSecure.class).forEach((name, operation) -> {
            Set<String> fields = new TreeSet<>();
            addFields(fields, "", operation.method.getGenericReturnType());
            described.put(name, Map.of("params", operation.parameters(), "result", fields));
        });

        return described;
    }

    private Set<String> parameters() {
        Set<String> names = new TreeSet<>();
        for (Parameter parameter : method.getParameters()) {
            Class<?> type = parameter.getType();
            if (Params.class.isAssignableFrom(type)) {
                names.addAll(DriverParams.names(type));
            } else if (type == String.class || type == long.class) {
                names.add(Canonical.name(parameter.getName()));
            }
        }

        return names;
    }

    private static void addFields(Set<String> fields, String path, Type type) {
        if (type instanceof ParameterizedType generic) {
            Type inner = generic.getActualTypeArguments()[0];
            boolean isList = generic.getRawType() == List.class;
            boolean isMap = generic.getRawType() == Map.class;
            addFields(fields, isList && isRecord(inner) ? path + "[]" : path, isMap ? String.class : inner);
        } else if (isRecord(type)) {
            Arrays.stream(((Class<?>) type).getRecordComponents())
                    .filter(component -> !Canonical.OWN.contains(component.getName()))
                    .sorted(Comparator.comparing(RecordComponent::getName))
                    .forEach(component -> addFields(
                            fields,
                            (path.isEmpty() ? "" : path + ".") + Canonical.name(component.getName()),
                            component.getGenericType()));
        } else {
            fields.add(path);
        }
    }

    private static boolean isRecord(Type type) {
        return type instanceof Class<?> c && c.isRecord() && c != Channel.class;
    }
}
