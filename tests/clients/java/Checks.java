// SPDX-License-Identifier: BSL-1.0
// Anthropic's own Java SDK against /v1/messages. Prints a line for each check and upstream, as python/checks.py does.
import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.messages.Usage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

public final class Checks {
    static final String PLAIN = "One answer of several words.";
    static final String UNICODE = "Grüße aus Köln ✓ — 日本語 العربية \ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 \u2028 \ud834\udd1e \"quoted\" \\ back.\tTab.\nSecond line.";
    static final Map<String, String> DEGREES = Map.of("Paris", "18 degrees", "Rome", "24 degrees");
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static int marks = 0;

    interface Check {
        void run(String model) throws Exception;
    }

    static AnthropicClient client(String key, int retries) {
        return AnthropicOkHttpClient.builder().baseUrl(System.getenv("LLMX_URL")).apiKey(key).maxRetries(retries).timeout(Duration.ofSeconds(30)).build();
    }

    static final AnthropicClient SDK = client(System.getenv("LLMX_KEY"), 0);
    static final AnthropicClient PATIENT = client(System.getenv("LLMX_KEY"), 2);
    static final AnthropicClient STRANGER = client("wrong", 0);

    static void equal(Object got, Object expected) {
        if (!Objects.equals(got, expected)) throw new AssertionError("'" + got + "' instead of '" + expected + "'");
    }

    static String mark() {
        return "java" + ProcessHandle.current().pid() + "-" + ++marks;
    }

    /** The upstream's counts for a mark, as JSON. */
    static String seen(String mark) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("LLMX_UPSTREAM") + "/seen/" + mark)).timeout(Duration.ofSeconds(10)).build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    static MessageCreateParams.Builder asked(String model, String text) {
        return MessageCreateParams.builder().model(model).maxTokens(200).system("Be brief.").addUserMessage(text);
    }

    static MessageCreateParams.Builder withTool(MessageCreateParams.Builder request) {
        var city = Tool.InputSchema.Properties.builder().putAdditionalProperty("city", JsonValue.from(Map.of("type", "string"))).build();
        return request.addTool(Tool.builder().name("get_weather").description("Weather of a city")
            .inputSchema(Tool.InputSchema.builder().properties(city).addRequired("city").build()).build());
    }

    static String said(Message message) {
        var text = new StringBuilder();
        for (ContentBlock block : message.content()) block.text().ifPresent(t -> text.append(t.text()));
        return text.toString();
    }

    static Message streamed(MessageCreateParams request) {
        var whole = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream = SDK.messages().createStreaming(request)) {
            stream.stream().forEach(whole::accumulate);
        }
        return whole.message();
    }

    static void counted(Usage usage) {
        equal(List.of(usage.inputTokens(), usage.cacheReadInputTokens().orElse(-1L), usage.outputTokens()), List.of(7L, 4L, 7L));
    }

    static void answers(String model, Message reply) {
        equal(reply.stopReason(), java.util.Optional.of(StopReason.TOOL_USE));
        var ids = new HashSet<String>();
        var cities = new ArrayList<String>();
        var results = new ArrayList<ContentBlockParam>();
        for (ContentBlock block : reply.content()) {
            if (!block.isToolUse()) continue;
            ToolUseBlock call = block.asToolUse();
            String city = (String) call._input().convert(Map.class).get("city");
            ids.add(call.id());
            cities.add(call.name() + " " + city);
            results.add(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder().toolUseId(call.id()).content(DEGREES.get(city)).build()));
        }
        equal(cities, List.of("get_weather Paris", "get_weather Rome"));
        equal(ids.size(), 2);
        Message last = SDK.messages().create(withTool(asked(model, "[tools]")).addMessage(reply).addUserMessageOfContentBlockParams(results).build());
        equal(said(last), "Paris 18 degrees, Rome 24 degrees");
    }

    public static class Person {
        public String name;
        public int age;
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

    static void refused(String model, int status, Class<? extends AnthropicServiceException> kind, boolean stream) {
        MessageCreateParams request = asked(model, "[error-" + status + "]").build();
        AnthropicServiceException e = raised(kind, () -> stream ? streamed(request) : SDK.messages().create(request));
        equal(e.statusCode(), status);
        equal(e.apiMessage().orElse("").contains("failed with " + status), true);
        if (status == 429) equal(e.headers().values("retry-after"), List.of("1"));
    }

    static Map<String, Check> checks() {
        var all = new LinkedHashMap<String, Check>();
        all.put("chat", model -> {
            Message reply = SDK.messages().create(asked(model, "[plain]").build());
            equal(said(reply), PLAIN);
            equal(reply.stopReason(), java.util.Optional.of(StopReason.END_TURN));
            counted(reply.usage());
        });
        all.put("stream", model -> {
            Message reply = streamed(asked(model, "[plain]").build());
            equal(said(reply), PLAIN);
            equal(reply.stopReason(), java.util.Optional.of(StopReason.END_TURN));
            counted(reply.usage());
        });
        all.put("unicode", model -> equal(said(SDK.messages().create(asked(model, "[echo]" + UNICODE).build())), UNICODE));
        all.put("unicode_stream", model -> equal(said(streamed(asked(model, "[echo]" + UNICODE).build())), UNICODE));
        all.put("parallel_tools", model -> answers(model, SDK.messages().create(withTool(asked(model, "[tools]")).build())));
        all.put("parallel_tools_stream", model -> answers(model, streamed(withTool(asked(model, "[tools]")).build())));
        all.put("structured", model -> {
            Person person = SDK.messages().create(asked(model, "[schema]").outputConfig(Person.class).build()).content().stream()
                .flatMap(block -> block.text().stream()).map(text -> text.text()).findFirst().orElseThrow();
            equal(person.name + " " + person.age, "Ada 36");
        });
        var kinds = new LinkedHashMap<Integer, Class<? extends AnthropicServiceException>>();
        kinds.put(400, BadRequestException.class);
        kinds.put(401, UnauthorizedException.class);
        kinds.put(404, NotFoundException.class);
        kinds.put(429, RateLimitException.class);
        kinds.put(500, InternalServerException.class);
        kinds.forEach((status, kind) -> {
            all.put("error_" + status, model -> refused(model, status, kind, false));
            all.put("error_" + status + "_stream", model -> refused(model, status, kind, true));
        });
        all.put("request_id", model -> equal(
            raised(AnthropicServiceException.class, () -> SDK.messages().create(asked(model, "[error-400]").build())).requestId().isPresent(), true));
        all.put("unknown_model", model -> raised(NotFoundException.class, () -> SDK.messages().create(asked("no-" + model, "[plain]").build())));
        all.put("wrong_key", model -> raised(UnauthorizedException.class, () -> STRANGER.messages().create(asked(model, "[plain]").build())));
        all.put("retried_after_429", model -> {
            String mark = mark();
            equal(said(PATIENT.messages().create(asked(model, "[limited " + mark + "]").build())), PLAIN);
            equal(seen(mark).contains("\"requests\": 2"), true);
        });
        all.put("broken_stream", model -> raised(AnthropicException.class, () -> streamed(asked(model, "[cut]").build())));
        all.put("cancelled", model -> {
            String mark = mark();
            try (StreamResponse<RawMessageStreamEvent> stream = SDK.messages().createStreaming(asked(model, "[slow " + mark + "]").build())) {
                Iterator<RawMessageStreamEvent> events = stream.stream().iterator();
                while (!events.next().isContentBlockDelta()) { }
            }
            for (int i = 0; i < 200 && !seen(mark).contains("\"left\": 1"); i++) Thread.sleep(50);
            equal(seen(mark).contains("\"left\": 1"), true);
        });
        return all;
    }

    public static void main(String[] arguments) {
        boolean failed = false;
        for (var upstream : List.of(Map.entry("openai", "gpt"), Map.entry("anthropic", "claude"), Map.entry("gemini", "gem"))) {
            for (var check : checks().entrySet()) {
                String name = "anthropic-java " + upstream.getKey() + " " + check.getKey();
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
