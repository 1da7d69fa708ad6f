// SPDX-License-Identifier: BSL-1.0
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Checks that run over the three upstream languages, with a line for each, as python/checks.py prints them. */
final class Report {
    static final String PLAIN = "One answer of several words.";
    static final String ANSWERED = "Paris 18 degrees, Rome 24 degrees";
    static final Map<String, String> DEGREES = Map.of("Paris", "18 degrees", "Rome", "24 degrees");

    interface Check {
        void run(String model) throws Exception;
    }

    private final String client;
    private final Map<String, Check> checks = new LinkedHashMap<>();

    Report(String client) {
        this.client = client;
    }

    void check(String name, Check check) {
        checks.put(name, check);
    }

    static void equal(Object got, Object expected) {
        if (!Objects.equals(got, expected)) throw new AssertionError("'" + got + "' instead of '" + expected + "'");
    }

    static <E extends Throwable> E raised(Class<E> kind, Supplier<?> call) {
        Object answer;
        try {
            answer = call.get();
        } catch (Throwable e) {
            if (kind.isInstance(e)) return kind.cast(e);
            throw new AssertionError("not a " + kind.getSimpleName() + " but " + e, e);
        }
        throw new AssertionError("no exception, but " + answer);
    }

    /** Runs the checks and ends the program. */
    void end() {
        boolean failed = false;
        for (var upstream : List.of(Map.entry("openai", "gpt"), Map.entry("anthropic", "claude"), Map.entry("gemini", "gem"))) {
            for (var check : checks.entrySet()) {
                String name = client + " " + upstream.getKey() + " " + check.getKey();
                try {
                    check.getValue().run(upstream.getValue());
                    System.out.println("ok " + name);
                } catch (Throwable e) {
                    failed = true;
                    if (System.getenv("LLMX_TRACE") != null) e.printStackTrace();
                    System.out.println("not ok " + name + " # " + String.valueOf(e).replaceAll("\\s+", " "));
                }
            }
        }
        System.exit(failed ? 1 : 0);
    }
}
