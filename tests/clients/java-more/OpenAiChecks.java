// SPDX-License-Identifier: BSL-1.0
// OpenAI's own Java SDK against /v1/chat/completions.
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import java.time.Duration;
import java.util.List;
import java.util.Map;

public final class OpenAiChecks {
    static final OpenAIClient SDK = OpenAIOkHttpClient.builder().baseUrl(System.getenv("LLMX_URL") + "/v1").apiKey(System.getenv("LLMX_KEY")).maxRetries(0)
        .timeout(Duration.ofSeconds(30)).build();

    public static class City {
        public String city;
    }

    public static class Person {
        public String name;
        public int age;
    }

    static ChatCompletionCreateParams.Builder asked(String model, String text) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(text);
    }

    static ChatCompletionCreateParams.Builder withTool(ChatCompletionCreateParams.Builder request) {
        var schema = FunctionParameters.builder().putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("type", "string")))).putAdditionalProperty("required", JsonValue.from(List.of("city"))).build();
        return request.addTool(ChatCompletionFunctionTool.builder().function(FunctionDefinition.builder().name("get_weather").parameters(schema).build()).build());
    }

    static String said(ChatCompletion reply) {
        return reply.choices().get(0).message().content().orElse("");
    }

    static ChatCompletion streamed(ChatCompletionCreateParams request) {
        var whole = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = SDK.chat().completions().createStreaming(request)) {
            stream.stream().forEach(whole::accumulate);
        }
        return whole.chatCompletion();
    }

    static void answers(String model, ChatCompletion reply) {
        var message = reply.choices().get(0).message();
        var request = withTool(asked(model, "[tools]")).addMessage(message);
        for (ChatCompletionMessageToolCall call : message.toolCalls().orElseThrow()) {
            String city = call.asFunction().function().arguments(City.class).city;
            request.addMessage(ChatCompletionToolMessageParam.builder().toolCallId(call.asFunction().id()).content(Report.DEGREES.get(city)).build());
        }
        Report.equal(said(SDK.chat().completions().create(request.build())), Report.ANSWERED);
    }

    public static void main(String[] arguments) {
        var report = new Report("openai-java");
        report.check("chat", model -> {
            ChatCompletion reply = SDK.chat().completions().create(asked(model, "[plain]").build());
            Report.equal(said(reply), Report.PLAIN);
            Report.equal(reply.usage().orElseThrow().totalTokens(), 18L);
        });
        report.check("stream", model -> {
            ChatCompletion reply = streamed(asked(model, "[plain]").streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build());
            Report.equal(said(reply), Report.PLAIN);
            Report.equal(reply.usage().orElseThrow().totalTokens(), 18L);
        });
        report.check("tools", model -> answers(model, SDK.chat().completions().create(withTool(asked(model, "[tools]")).build())));
        report.check("tools_stream", model -> answers(model, streamed(withTool(asked(model, "[tools]")).build())));
        report.check("structured", model -> {
            Person person = SDK.chat().completions().create(asked(model, "[schema]").responseFormat(Person.class).build()).choices().get(0).message().content().orElseThrow();
            Report.equal(person.name + " " + person.age, "Ada 36");
        });
        report.check("error_404", model -> Report.raised(NotFoundException.class, () -> SDK.chat().completions().create(asked(model, "[error-404]").build())));
        report.check("error_429", model -> Report.equal(Report.raised(RateLimitException.class, () -> SDK.chat().completions().create(asked(model, "[error-429]").build()))
            .headers().values("retry-after"), List.of("1")));
        report.check("broken_stream", model -> Report.raised(OpenAIException.class, () -> streamed(asked(model, "[cut]").build())));
        report.end();
    }
}
