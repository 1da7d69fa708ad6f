// SPDX-License-Identifier: BSL-1.0
// Files and batches at each vendor that has them, by row; batches that the lines' model sends to a vendor; ids in the fields of forms; how a
// request of a batch waits.
#include "resources.hpp"

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/azure_openai.hpp>
#include <llmx/registry/stock_vendors.hpp>
#include <llmx/server/detail/batch_job.hpp>
#include <llmx/server/detail/native_lines.hpp>
#include <llmx/server/detail/vendor_request.hpp>

namespace vendor_files_unit {

using namespace llmx;
using namespace server_test::resource_cases;
using server_test::answer;

namespace {

using many = keeping_of<registry<openai, anthropic, azure_openai, stock_vendors>>;

/// What each row sends: upload, batch, content.
struct row {
    const char *provider, *base, *host, *upload, *files, *batches, *purpose;
};
constexpr row rows[] = {
    {"openai", "https://api.openai.test/v1", "api.openai.test", "/v1/files", "/v1/files", "/v1/batches", "batch"},
    {"azure", "https://a.azure.test", "a.azure.test", "/openai/v1/files", "/openai/v1/files", "/openai/v1/batches", "batch"},
    {"groq", "https://api.groq.test/openai/v1", "api.groq.test", "/openai/v1/files", "/openai/v1/files", "/openai/v1/batches", "batch"},
    {"mistral", "https://api.mistral.test/v1", "api.mistral.test", "/v1/files", "/v1/files", nullptr, "fine-tune"},
    {"together_ai", "https://api.together.test/v1", "api.together.test", "/v1/files/upload", "/v1/files", nullptr, "fine-tune"},
};
std::vector<deployment> of_rows() {
    std::vector<deployment> all;
    for (const row& r : rows) {
        const std::string name = r.provider;
        all.push_back(at(name, r.base, "model-" + name, "m-" + name, "dep-" + name));
    }
    all.push_back(at("anthropic", "https://api.anthropic.test", "claude-sonnet-4-5", "claude", "dep-claude"));
    return all;
}

template <class K> testing::scripted_reply& replies(K& k, const std::string& body, int status = 200) {
    return k.network.reply(status, body).field("content-type", "application/json");
}
std::string field(std::string_view name, std::string_view value) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" + std::string(value) + "\r\n";
}
const std::string uploaded = R"({"id":"file-up","object":"file","bytes":9,"created_at":7,"filename":"lines.jsonl","purpose":"batch"})";
const std::string begun = R"({"id":"batch_up","object":"batch","endpoint":"/v1/chat/completions","status":"validating",)"
                          R"("input_file_id":"file-up","created_at":8})";
std::string batch_of(const std::string& file, std::string_view more = "") {
    return R"({"input_file_id":")" + file + R"(","endpoint":"/v1/chat/completions","completion_window":"24h")" + std::string(more) + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_vendor_files)

BOOST_AUTO_TEST_CASE(each_row_has_its_paths_words_and_batches) {
    for (const row& r : rows) {
        BOOST_TEST_CONTEXT(r.provider) {
            many k(nullptr, std::function<void(resource_options&)>(), false, of_rows());
            const std::string vendor = field("custom_llm_provider", r.provider);
            replies(k, uploaded);
            const answer file = k.upload("{}", r.purpose == std::string("batch") ? "user_data" : r.purpose, "team", vendor);
            BOOST_REQUIRE_MESSAGE(file.status == 200, file.body);
            const std::string id = many::text(file, "id");
            BOOST_TEST(id.starts_with("file-llmx"));
            k.network.reply(200, "content").field("content-type", "application/octet-stream");
            BOOST_TEST(k.get("/v1/files/" + id + "/content").body == "content");
            replies(k, R"({"id":"file-up","object":"file","deleted":true})");
            BOOST_TEST(many::text(k.remove("/v1/files/" + id), "id") == id);
            std::size_t expected = 3;
            if (r.batches != nullptr) {
                const std::string lines = many::text(k.upload(chat_line("a", "model"), "batch"), "id");
                replies(k, uploaded);
                replies(k, begun);
                const answer made = k.post("/v1/batches", batch_of(lines, std::string(",\"custom_llm_provider\":\"") + r.provider + "\""));
                BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
                replies(k, R"({"id":"batch_up","status":"cancelling"})");
                BOOST_TEST(k.post("/v1/batches/" + many::text(made, "id") + "/cancel", "").status == 200);
                expected = 6;
            }
            k.finish();
            const auto& sent = k.network.requests();
            BOOST_REQUIRE_EQUAL(sent.size(), expected);
            // Without a query: Azure's has the version.
            const auto path = [&sent](std::size_t i) { return sent[i].target.substr(0, sent[i].target.find('?')); };
            BOOST_TEST(path(0) == r.upload);
            BOOST_TEST(path(1) == std::string(r.files) + "/file-up/content");
            BOOST_TEST(path(2) == std::string(r.files) + "/file-up");
            for (const auto& one : sent) BOOST_TEST(one.to.host == r.host);
            if (r.batches == nullptr) continue;
            BOOST_TEST(path(3) == r.upload);
            BOOST_TEST(sent[3].body.find("name=\"purpose\"\r\n\r\nbatch\r\n") != std::string::npos);
            BOOST_TEST(path(4) == r.batches);
            BOOST_TEST(path(5) == std::string(r.batches) + "/batch_up/cancel");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_batch_goes_to_the_vendor_of_the_model_that_its_caller_names) {
    // By the upload, by the batch, and by a list of which the line's model is one.
    for (const int how : {0, 1, 2}) {
        many k(nullptr, std::function<void(resource_options&)>(), false, of_rows());
        const std::string more = how == 0 ? field("model", "m-groq") : how == 1 ? std::string() : field("target_model_names", "claude, m-groq");
        const std::string file = many::text(k.upload(chat_line("a", "m-groq") + "\n" + chat_line("b", "m-groq"), "batch", "team", more), "id");
        replies(k, uploaded);
        replies(k, begun);
        const answer made = k.post("/v1/batches", batch_of(file, how == 1 ? R"(,"model":"m-groq")" : ""));
        BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
        BOOST_TEST(many::text(made, "input_file_id") == file);
        k.finish();
        const auto& sent = k.network.requests();
        BOOST_REQUIRE_EQUAL(sent.size(), 2u);
        BOOST_TEST(sent[0].to.host == "api.groq.test");
        // The vendor's name of the model, and nothing else changed.
        BOOST_TEST(sent[0].body.find(chat_line("a", "model-groq") + chat_line("b", "model-groq")) != std::string::npos, sent[0].body);
        BOOST_TEST(sent[0].body.find("m-groq\"") == std::string::npos);
        BOOST_TEST(sent[1].target == "/openai/v1/batches");
        BOOST_TEST(sent[1].body.find("\"model\"") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(other_batches_are_carried_out_by_the_gateway) {
    const struct {
        std::string lines, targets;
        bool native;
    } cases[] = {{chat_line("a", "claude"), "claude", true},                              // its vendor has no batches
                 {chat_line("a", "claude"), "m-groq", true},                              // another model than was named
                 {chat_line("a", "claude") + chat_line("b", "m-groq"), "claude,m-groq", true}, // two models
                 {chat_line("a", "claude"), "", true},                                    // none was named
                 {chat_line("a", "claude"), "claude", false}};
    for (const auto& c : cases) {
        const auto set = [&c](resource_options& o) { o.native_batches = c.native; };
        many k(nullptr, set, false, of_rows());
        k.network.reply_always(200, claude_reply).field("content-type", "application/json");
        const answer file = k.upload(c.lines, "batch", "team", c.targets.empty() ? std::string() : field("target_model_names", c.targets));
        const answer made = k.post("/v1/batches", batch_of(many::text(file, "id")));
        BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
        static_cast<void>(k.ended("/v1/batches/" + many::text(made, "id")));
        k.finish();
        for (const auto& one : k.network.requests()) BOOST_TEST(one.target.find("/files") == std::string::npos, one.target);
        BOOST_TEST(k.network.calls() >= 1u);
    }
    // A key that may not use the model gets no batch of the vendor's.
    many k(nullptr, std::function<void(resource_options&)>(), false, of_rows());
    const answer file = k.upload(chat_line("a", "m-groq"), "batch", "limited", field("target_model_names", "m-groq"));
    const answer made = k.post("/v1/batches", batch_of(many::text(file, "id")), "limited");
    const answer done = k.ended("/v1/batches/" + many::text(made, "id"), "limited");
    BOOST_TEST(done.json().at("request_counts").at("failed").as_int64() == 1);
    BOOST_TEST(k.network.calls() == 0u);
}

BOOST_AUTO_TEST_CASE(lines_have_their_model_changed_and_nothing_else) {
    const std::string line = R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"x":{"model":"m"}, "mod\u0065l" : "m", "y":1}})";
    BOOST_TEST(detail::model_of_line(line, "/v1/chat/completions") == "m");
    BOOST_TEST(detail::model_of_line(line, "/v1/embeddings").empty());
    BOOST_TEST(detail::line_for_model(line, "a\"b") ==
               R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"x":{"model":"m"}, "mod\u0065l" : "a\"b", "y":1}})");
    BOOST_TEST(detail::line_for_model("{}", "m") == "{}");
}

BOOST_AUTO_TEST_CASE(ids_in_the_fields_of_a_form_lead_back) {
    keeping k;
    replies(k, R"({"id":"file-1","object":"file","bytes":1,"created_at":1,"filename":"f","purpose":"assistants"})");
    const std::string file = keeping::text(k.upload("x", "assistants"), "id");
    replies(k, R"({"id":"cntr_1","object":"container","name":"n"})");
    const std::string container = keeping::text(k.post("/v1/containers", R"({"name":"n"})"), "id");
    const auto send = [&](const std::string& body, const std::string& who = "team") {
        return k.ask("POST /v1/containers/" + container + "/files HTTP/1.1\r\nHost: test\r\nContent-Type: multipart/form-data; boundary=b\r\n" +
                     keeping::fields_of(who) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    };
    const std::string data = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + file + "\r\n";
    replies(k, R"({"id":"cfile_1","object":"container.file","container_id":"cntr_1"})");
    const answer made = send(field("file_id", file) + field("note", "n") + data + "--b--\r\n");
    BOOST_TEST(made.status == 200, made.body);
    // Another caller's id, and half a form.
    BOOST_TEST(send(field("file_id", "file-llmxQUJDREVGR0hJSktMTU5PUGRlcABmaWxlLTE") + "--b--\r\n").status == 404);
    BOOST_TEST(send(field("file_id", file)).status == 400);
    k.finish();
    const auto& sent = k.network.requests();
    BOOST_REQUIRE_EQUAL(sent.size(), 3u);
    // The content of a file is never changed.
    BOOST_TEST(sent[2].body == field("file_id", "file-1") + field("note", "n") + data + "--b--\r\n");
}

BOOST_AUTO_TEST_CASE(a_request_waits_longer_each_time_up_to_a_bound) {
    using std::chrono::milliseconds;
    resource_options o;
    const auto wait = [&o](unsigned tries, std::optional<milliseconds> asked = std::nullopt) { return detail::line_retry_wait(o, tries, asked).count(); };
    BOOST_TEST(wait(0) == 1000);
    BOOST_TEST(wait(1) == 2000);
    BOOST_TEST(wait(5) == 32000);
    BOOST_TEST(wait(6) == 60000);
    BOOST_TEST(wait(4'000'000'000u) == 60000);
    BOOST_TEST(wait(0, milliseconds(0)) == 100);
    BOOST_TEST(wait(9, milliseconds(1500)) == 1500);
    BOOST_TEST(wait(0, std::chrono::hours(9)) == 60000);
    o.first_retry_wait = milliseconds(0);
    o.longest_retry_wait = milliseconds(10);
    BOOST_TEST(wait(0) == 100);
    BOOST_TEST(wait(0, milliseconds(5000)) == 100);
}

BOOST_AUTO_TEST_CASE(a_request_that_meets_a_limit_is_made_again_so_often) {
    const auto set = [](resource_options& r) {
        r.batch_retries = 2;
        r.longest_retry_wait = std::chrono::milliseconds(1);
    };
    keeping k(nullptr, set);
    k.network.reply_always(503, R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})").field("content-type", "application/json");
    const answer made = k.post("/v1/batches", batch_of(keeping::text(k.upload(chat_line("a", "claude"), "batch"), "id")));
    const answer done = k.ended("/v1/batches/" + keeping::text(made, "id"));
    BOOST_TEST(done.json().at("request_counts").at("failed").as_int64() == 1);
    BOOST_TEST(k.network.calls() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vendor_files_unit
#endif
