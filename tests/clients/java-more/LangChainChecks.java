// SPDX-License-Identifier: BSL-1.0
// langchain4j over all three languages of the gateway.
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

public final class LangChainChecks {
    static final String URL = System.getenv("LLMX_URL"), KEY = System.getenv("LLMX_KEY");

    public static void main(String[] arguments) {
        var kinds = new LinkedHashMap<String, Function<String, ChatModel>>();
        kinds.put("openai", model -> OpenAiChatModel.builder().baseUrl(URL + "/v1").apiKey(KEY).modelName(model).maxRetries(0).build());
        kinds.put("anthropic", model -> AnthropicChatModel.builder().baseUrl(URL + "/v1/").apiKey(KEY).modelName(model).maxTokens(200).maxRetries(0).build());
        kinds.put("google", model -> GoogleAiGeminiChatModel.builder().baseUrl(URL + "/v1beta").apiKey(KEY).modelName(model).maxRetries(0).build());
        var report = new Report("langchain4j");
        var weather = ToolSpecification.builder().name("get_weather").description("Weather of a city")
            .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build()).build();
        kinds.forEach((kind, make) -> {
            report.check("chat_" + kind, model -> {
                var reply = make.apply(model).chat(ChatRequest.builder().messages(UserMessage.from("[plain]")).build());
                Report.equal(reply.aiMessage().text(), Report.PLAIN);
                Report.equal(reply.tokenUsage().outputTokenCount(), 7);
            });
            report.check("tools_" + kind, model -> {
                var turns = new ArrayList<ChatMessage>(List.of(UserMessage.from("[tools]")));
                var asked = make.apply(model).chat(ChatRequest.builder().messages(turns).toolSpecifications(weather).build()).aiMessage();
                turns.add(asked);
                Report.equal(asked.toolExecutionRequests().size(), 2);
                for (var call : asked.toolExecutionRequests())
                    turns.add(ToolExecutionResultMessage.from(call, call.arguments().contains("Paris") ? "18 degrees" : "24 degrees"));
                String said = make.apply(model).chat(ChatRequest.builder().messages(turns).toolSpecifications(weather).build()).aiMessage().text();
                Report.equal(said.contains("18 degrees") && said.indexOf("24 degrees") > said.indexOf("18 degrees"), true);
            });
            report.check("error_" + kind, model -> {
                var e = Report.raised(RuntimeException.class, () -> make.apply(model).chat("[error-400]"));
                Report.equal(String.valueOf(e).contains("failed with 400"), true);
            });
        });
        report.end();
    }
}
