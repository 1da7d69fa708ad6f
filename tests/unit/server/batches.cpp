// SPDX-License-Identifier: BSL-1.0
// Batches that the gateway carries out itself, over any provider; those of a vendor; and Anthropic's form.
#include "resources.hpp"

#if !defined(LLMX_NO_TLS)
namespace batches_unit {

using namespace llmx;
using namespace server_test::resource_cases;
using server_test::answer;

namespace {

std::string create_body(const std::string& file, const std::string& more = std::string(), const std::string& endpoint = "/v1/chat/completions") {
    return R"({"input_file_id":")" + file + R"(","endpoint":")" + endpoint + R"(","completion_window":"24h")" + more + "}";
}
answer create(keeping& k, const std::string& lines, const std::string& who = "team", const std::string& more = std::string()) {
    const answer up = k.upload(lines, "batch", who);
    BOOST_REQUIRE_MESSAGE(up.status == 200, up.body);
    return k.post("/v1/batches", create_body(k.text(up, "id"), more), who);
}
/// The lines of a file, by custom_id.
std::map<std::string, boost::json::value> lines_of(keeping& k, const std::string& file, const std::string& who = "team") {
    std::map<std::string, boost::json::value> all;
    const answer a = k.get("/v1/files/" + file + "/content", who);
    BOOST_REQUIRE_EQUAL(a.status, 200);
    for (std::size_t at = 0; at < a.body.size();) {
        const std::size_t end = a.body.find('\n', at);
        boost::json::value v = boost::json::parse(std::string_view(a.body).substr(at, end - at));
        const std::string id(v.at("custom_id").as_string());
        BOOST_TEST(all.emplace(id, std::move(v)).second, id);
        at = end + 1;
    }
    return all;
}
void answers_claude(keeping& k, const std::string& body = claude_reply) { k.network.reply_always(200, body).field("content-type", "application/json"); }

} // namespace

BOOST_AUTO_TEST_SUITE(server_batches)

BOOST_AUTO_TEST_CASE(a_batch_runs_over_a_provider_without_openais_batches) {
    keeping k;
    answers_claude(k);
    const answer made = create(k, chat_line("a", "claude") + "\n" + chat_line("b", "claude") + chat_line("c", "claude"), "team", R"(,"metadata":{"k":"v"})");
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
    const std::string id = k.text(made, "id");
    BOOST_TEST(id.starts_with("batch_llmx"));
    BOOST_TEST(k.text(made, "object") == "batch");
    BOOST_TEST(k.text(made, "status") == "validating");
    const answer done = k.ended("/v1/batches/" + id);
    BOOST_TEST(k.text(done, "status") == "completed");
    const auto all = done.json();
    BOOST_TEST(all.at("request_counts").at("total").as_int64() == 3);
    BOOST_TEST(all.at("request_counts").at("completed").as_int64() == 3);
    BOOST_TEST(all.at("metadata").at("k").as_string() == "v");
    BOOST_TEST(all.at("error_file_id").is_null());
    for (const char* const when : {"created_at", "in_progress_at", "finalizing_at", "completed_at", "expires_at"}) BOOST_TEST(all.at(when).is_int64(), when);
    auto results = lines_of(k, k.text(done, "output_file_id"));
    BOOST_REQUIRE_EQUAL(results.size(), 3u);
    const auto& a = results["a"];
    BOOST_TEST(a.at("error").is_null());
    BOOST_TEST(a.at("response").at("status_code").as_int64() == 200);
    BOOST_TEST(a.at("response").at("body").at("object").as_string() == "chat.completion");
    BOOST_TEST(a.at("response").at("body").at("choices").at(0).at("message").at("content").as_string() == "Hello");
    BOOST_TEST(k.get("/v1/files?purpose=batch_output").json().at("data").as_array().size() == 1u);
    BOOST_TEST(k.get("/v1/batches").json().at("data").as_array().size() == 1u);
    const std::string output = "/v1/files/" + k.text(done, "output_file_id") + "/content";
    for (const std::string& path : {"/v1/batches/" + id, output}) BOOST_TEST(k.get(path, "other").status == 404);
    BOOST_TEST(k.post("/v1/batches/" + id + "/cancel", "").status == 409);
    k.finish();
    BOOST_TEST(k.network.requests()[0].to.host == "api.anthropic.test");
}

BOOST_AUTO_TEST_CASE(what_fails_is_in_the_error_file) {
    keeping k;
    answers_claude(k);
    std::string streams = chat_line("streams", "claude");
    streams.insert(streams.find("\"model\""), "\"stream\":true,");
    const answer made = create(k, chat_line("good", "claude") + chat_line("forbidden", "gpt") + streams, "limited");
    const answer done = k.ended("/v1/batches/" + k.text(made, "id"), "limited");
    BOOST_TEST(k.text(done, "status") == "completed");
    BOOST_TEST(done.json().at("request_counts").at("failed").as_int64() == 2);
    auto good = lines_of(k, k.text(done, "output_file_id"), "limited"), bad = lines_of(k, k.text(done, "error_file_id"), "limited");
    BOOST_TEST(good.size() == 1u);
    BOOST_TEST(bad["forbidden"].at("response").at("status_code").as_int64() == 403);
    BOOST_TEST(bad["forbidden"].at("response").at("body").at("error").at("message").as_string().find("may not use the model 'gpt'") != std::string::npos);
    BOOST_TEST(bad["streams"].at("response").at("status_code").as_int64() == 400);
}

BOOST_AUTO_TEST_CASE(wrong_lines_fail_the_batch_as_a_whole) {
    const struct {
        std::string lines, code;
        int line;
    } rows[] = {{"{", "invalid_json_line", 1},
                {chat_line("a", "claude") + "[]\n", "invalid_json_line", 2},
                {chat_line("a", "claude") + "\n" + chat_line("a", "claude"), "duplicate_custom_id", 3},
                {R"({"method":"POST","url":"/v1/chat/completions","body":{"model":"m"}})", "missing_required_parameter", 1},
                {R"({"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{"model":"m"}})", "invalid_method", 1},
                {R"({"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"model":"m"}})", "invalid_url", 1},
                {R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{}})", "missing_required_parameter", 1},
                {R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":"x"})", "missing_required_parameter", 1},
                {R"({"custom_id":"","method":"POST","url":"/v1/chat/completions","body":{"model":"m"}})", "invalid_custom_id", 1},
                {"\n \n", "empty_file", 0},
                {chat_line("a", "m") + chat_line("b", "m") + chat_line("c", "m") + chat_line("d", "m"), "too_many_tasks", 4},
                {chat_line("a", "m", std::string(1000, 'x')), "line_too_long", 1}};
    keeping k(nullptr, [](resource_options& r) {
        r.max_batch_lines = 3;
        r.max_line_bytes = 500;
    });
    for (const auto& row : rows) {
        const answer made = create(k, row.lines);
        BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
        const answer done = k.ended("/v1/batches/" + k.text(made, "id"));
        BOOST_TEST(k.text(done, "status") == "failed");
        const auto fault = done.json().at("errors").at("data").at(0);
        BOOST_TEST(fault.at("code").as_string() == row.code);
        if (row.line != 0) BOOST_TEST(fault.at("line").as_int64() == row.line);
        BOOST_TEST(done.json().at("output_file_id").is_null());
    }
    BOOST_TEST(k.network.calls() == 0u);
}

BOOST_AUTO_TEST_CASE(a_request_for_a_batch_is_checked) {
    keeping k;
    const std::string file = k.text(k.upload("x", "batch"), "id");
    BOOST_TEST(k.post("/v1/batches", "{}").status == 400);
    BOOST_TEST(k.post("/v1/batches", "[").status == 400);
    BOOST_TEST(k.post("/v1/batches", create_body(file, "", "/v1/audio/speech")).status == 400);
    BOOST_TEST(k.post("/v1/batches", create_body("file-unknown")).status == 404);
    BOOST_TEST(k.post("/v1/batches", create_body(file), "other").status == 404);
    BOOST_TEST(k.post("/v1/batches", R"({"input_file_id":")" + file + R"(","endpoint":"/v1/embeddings","completion_window":"1h"})").status == 400);
    BOOST_TEST(k.post("/v1/batches", create_body(file, R"(,"metadata":{"k":1})")).status == 400);
    BOOST_TEST(k.get("/v1/batches/batch_none").status == 404);
    BOOST_TEST(k.get("/v1/batches/" + file).status == 404);
}

BOOST_AUTO_TEST_CASE(a_cancelled_batch_keeps_what_was_answered) {
    keeping k(nullptr, [](resource_options& r) { r.batch_concurrency = 1; });
    k.network.reply(200, claude_reply).field("content-type", "application/json");
    // The second request waits until the limit of attempts, far away.
    k.network.reply_always(429, R"({"type":"error","error":{"type":"rate_limit_error","message":"slow down"}})")
        .field("content-type", "application/json")
        .field("retry-after", "50");
    const std::string id = k.text(create(k, chat_line("a", "claude") + chat_line("b", "claude") + chat_line("c", "claude")), "id");
    while (k.network.calls() < 2u) std::this_thread::yield();
    const answer cancelling = k.post("/v1/batches/" + id + "/cancel", "");
    BOOST_TEST(cancelling.status == 200);
    BOOST_TEST(k.text(cancelling, "status") == "cancelling");
    const answer done = k.ended("/v1/batches/" + id);
    BOOST_TEST(k.text(done, "status") == "cancelled");
    BOOST_TEST(lines_of(k, k.text(done, "output_file_id")).size() == 1u);
}

BOOST_AUTO_TEST_CASE(requests_that_did_not_begin_in_time_expire) {
    const std::filesystem::path where = std::filesystem::temp_directory_path() / ("llmx-batches-expired-" + std::to_string(::getpid()));
    folder_store_options o;
    o.path = where.string();
    const std::shared_ptr<folder_store> store = folder_store::open(o).value();
    const std::shared_ptr<blob_store> blobs(store, &store->blobs());
    std::string id;
    {
        keeping k(blobs, [](resource_options& r) { r.batch_concurrency = 1; });
        k.network.reply_always(429, "{}").field("retry-after", "50");
        id = k.text(create(k, chat_line("a", "claude") + chat_line("b", "claude")), "id");
        while (k.network.calls() < 1u) std::this_thread::yield();
    }
    // A day passes.
    cancellation go;
    const std::string key = testing::run(blobs->list("records/batch/", "", 1, go)).value().at(0);
    auto record = boost::json::parse(testing::run(blobs->read(key, 0, 100000, go)).value());
    record.at("shown").as_object()["expires_at"] = 1;
    BOOST_TEST(testing::run(blobs->put(key, boost::json::serialize(record), go)).has_value());
    keeping k(blobs, std::function<void(resource_options&)>(), true);
    const answer done = k.ended("/v1/batches/" + id);
    BOOST_TEST(k.text(done, "status") == "expired");
    auto bad = lines_of(k, k.text(done, "error_file_id"));
    BOOST_TEST(bad.size() == 2u);
    BOOST_TEST(bad["b"].at("error").at("code").as_string() == "batch_expired");
    k.finish();
    std::error_code ec;
    std::filesystem::remove_all(where, ec);
}

BOOST_AUTO_TEST_CASE(a_batch_goes_on_after_a_restart_and_repeats_nothing) {
    const std::filesystem::path where = std::filesystem::temp_directory_path() / ("llmx-batches-" + std::to_string(::getpid()));
    folder_store_options o;
    o.path = where.string();
    std::string id, file;
    const auto opened = [&o] {
        const std::shared_ptr<folder_store> store = folder_store::open(o).value();
        return std::shared_ptr<blob_store>(store, &store->blobs());
    };
    {
        keeping k(opened(), [](resource_options& r) { r.batch_concurrency = 1; });
        k.network.reply(200, claude_reply).field("content-type", "application/json").times(2);
        k.network.reply_always(429, "{}").field("retry-after", "50");
        id = k.text(create(k, chat_line("a", "claude") + chat_line("b", "claude") + chat_line("c", "claude") + chat_line("d", "claude")), "id");
        while (k.network.calls() < 3u) std::this_thread::yield();
        BOOST_TEST(k.text(k.get("/v1/batches/" + id), "status") == "in_progress");
        k.finish();
    }
    // As a crash leaves it: half a line at the end.
    {
        const auto blobs = opened();
        cancellation go;
        for (const std::string& key : testing::run(blobs->list("files/", "", 10, go)).value()) {
            const std::string bytes = testing::run(blobs->read(key, 0, 100000, go)).value();
            if (bytes.find("batch_req_") == std::string::npos) continue;
            BOOST_TEST(testing::run(blobs->append(key, bytes.size(), R"({"id":"batch_req_9","custom_id":"c","resp)", go)).has_value());
        }
    }
    keeping k(opened(), std::function<void(resource_options&)>(), true);
    answers_claude(k);
    const answer done = k.ended("/v1/batches/" + id);
    BOOST_TEST(k.text(done, "status") == "completed");
    BOOST_TEST(done.json().at("request_counts").at("completed").as_int64() == 4);
    auto results = lines_of(k, k.text(done, "output_file_id"));
    BOOST_TEST(results.size() == 4u);
    k.finish();
    BOOST_TEST(k.network.calls() == 2u);
    std::error_code ec;
    std::filesystem::remove_all(where, ec);
}

BOOST_AUTO_TEST_CASE(a_batch_for_a_vendor_is_the_vendors) {
    keeping k;
    k.network.reply(200, R"({"id":"file-up","object":"file","bytes":9,"created_at":7,"filename":"lines.jsonl","purpose":"batch"})")
        .field("content-type", "application/json");
    k.network
        .reply(200, R"({"id":"batch_up","object":"batch","endpoint":"/v1/chat/completions","status":"validating",)"
                    R"("input_file_id":"file-up","created_at":8})")
        .field("content-type", "application/json");
    const answer made = create(k, chat_line("a", "gpt-4o"), "team", R"(,"custom_llm_provider":"openai")");
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
    const std::string id = k.text(made, "id");
    BOOST_TEST(id.starts_with("batch_llmx"));
    BOOST_TEST(made.body.find("file-up") == std::string::npos);
    k.network
        .reply(200, R"({"id":"batch_up","status":"completed","output_file_id":"file-out","error_file_id":null,)"
                    R"("request_counts":{"total":1,"completed":1,"failed":0}})")
        .field("content-type", "application/json");
    const answer done = k.get("/v1/batches/" + id);
    BOOST_TEST(k.text(done, "status") == "completed");
    const std::string out = k.text(done, "output_file_id");
    BOOST_TEST(out.starts_with("file-llmx"));
    BOOST_TEST(k.text(done, "id") == id);
    k.network.reply(200, "{}\n").field("content-type", "application/octet-stream");
    BOOST_TEST(k.get("/v1/files/" + out + "/content").body == "{}\n");
    BOOST_TEST(k.get("/v1/files/" + out + "/content", "other").status == 404);
    k.finish();
    const auto& sent = k.network.requests();
    BOOST_REQUIRE_EQUAL(sent.size(), 4u);
    BOOST_TEST(sent[1].target == "/v1/batches");
    BOOST_TEST(sent[1].body.find("\"input_file_id\":\"file-up\"") != std::string::npos);
    BOOST_TEST(sent[1].body.find("custom_llm_provider") == std::string::npos);
    BOOST_TEST(sent[2].target == "/v1/batches/batch_up");
    BOOST_TEST(sent[3].target == "/v1/files/file-out/content");
}

BOOST_AUTO_TEST_CASE(counts_are_read_with_a_sign_and_without) {
    boost::json::object o;
    o["n"] = std::size_t{4};
    o["m"] = -4;
    o["great"] = std::uint64_t{1} << 63;
    o["part"] = 0.5;
    for (const auto& [name, value] : {std::pair("n", 4), std::pair("m", -4), std::pair("great", 7), std::pair("part", 7), std::pair("none", 7)})
        BOOST_TEST(detail::whole_of(o, name, 7) == value, name);
}

BOOST_AUTO_TEST_CASE(a_repeated_custom_id_of_anthropics_is_refused_at_once) {
    keeping k;
    const std::string params = R"(","params":{"model":"gpt","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}})";
    for (const char* const second : {"x", "\\u0078"}) {
        const std::string body = R"({"requests":[{"custom_id":"x)" + params + R"(,{"custom_id":")" + std::string(second) + params + "]}";
        const answer refused = k.post("/v1/messages/batches", body);
        BOOST_TEST(refused.status == 400);
        BOOST_TEST(refused.body.find("requests[1].custom_id") != std::string::npos, refused.body);
    }
    BOOST_TEST(k.get("/v1/messages/batches").json().at("data").as_array().empty());
    k.finish();
}

BOOST_AUTO_TEST_CASE(a_batch_of_anthropics_that_cannot_begin_has_each_request_errored) {
    const auto store = std::make_shared<memory_store>();
    const std::shared_ptr<blob_store> blobs(store, &store->blobs());
    std::string path;
    const std::string params = R"(","params":{"model":"gpt","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}})";
    {
        keeping k(blobs);
        k.network.reply_always(429, "{}").field("retry-after", "50");
        const answer made = k.post("/v1/messages/batches", R"({"requests":[{"custom_id":"x)" + params + R"(,{"custom_id":"y)" + params + "]}");
        BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
        path = "/v1/messages/batches/" + k.text(made, "id");
        while (k.network.calls() < 1u) std::this_thread::yield();
        k.finish();
    }
    // A file as earlier versions accepted it.
    cancellation go;
    for (const std::string& key : testing::run(blobs->list("files/", "", 10, go)).value()) {
        std::string bytes = testing::run(blobs->read(key, 0, 100000, go)).value();
        if (bytes.find(R"("url":"/v1/messages")") == std::string::npos) continue;
        bytes.replace(bytes.find(R"("custom_id":"y")"), 15, R"("custom_id":"x")");
        BOOST_TEST(testing::run(blobs->put(key, bytes, go)).has_value());
    }
    keeping k(blobs, std::function<void(resource_options&)>(), true);
    const answer done = k.ended(path);
    BOOST_TEST(done.json().at("request_counts").at("errored").as_int64() == 2, done.body);
    BOOST_TEST(done.json().at("request_counts").at("processing").as_int64() == 0);
    const answer results = k.get(path + "/results");
    BOOST_TEST(std::count(results.body.begin(), results.body.end(), '\n') == 2, results.body);
    const std::string_view first = R"({"custom_id":"x","result":{"type":"errored","error":{"type":"error","error":{"type":"invalid_request_error")";
    BOOST_TEST(results.body.starts_with(first), results.body);
    k.finish();
}

BOOST_AUTO_TEST_CASE(anthropics_batches_run_over_any_provider) {
    keeping k;
    k.network.reply_always(200, std::string(server_test::openai_reply)).field("content-type", "application/json");
    const auto one = [](const std::string& id, const std::string& model) {
        return R"({"custom_id":")" + id + R"(","params":{"model":")" + model + R"(","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}})";
    };
    const answer made = k.post("/v1/messages/batches", R"({"requests":[)" + one("x", "gpt") + ",\n" + one("y", "gpt") + "]}");
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
    const std::string id = k.text(made, "id"), path = "/v1/messages/batches/" + id;
    BOOST_TEST(id.starts_with("msgbatch_llmx"));
    BOOST_TEST(k.text(made, "processing_status") == "in_progress");
    BOOST_TEST(made.json().at("request_counts").at("processing").as_int64() == 2);
    BOOST_TEST(made.json().at("results_url").is_null());
    const answer done = k.ended(path);
    BOOST_TEST(done.json().at("request_counts").at("succeeded").as_int64() == 2);
    BOOST_TEST(k.text(done, "results_url") == "http://test" + path + "/results");
    const answer results = k.get(path + "/results");
    BOOST_TEST(results.body.find(R"("result":{"type":"succeeded","message":{)") != std::string::npos);
    BOOST_TEST(std::count(results.body.begin(), results.body.end(), '\n') == 2);
    BOOST_TEST(k.get("/v1/messages/batches").json().at("data").as_array().size() == 1u);
    BOOST_TEST(k.get(path, "other").status == 404);
    BOOST_TEST(k.get("/v1/batches/" + id).status == 404);
    BOOST_TEST(k.text(k.remove(path), "type") == "message_batch_deleted");
    BOOST_TEST(k.get(path).status == 404);
    for (const char* const wrong : {"{}", R"({"requests":[]})", R"({"requests":[{}]})", R"({"requests":[{"custom_id":"a"}]})",
                                    R"({"requests":[{"custom_id":"a","params":{}}]})", R"({"requests":[{"custom_id":"a b","params":{"model":"gpt"}}]})"}) {
        const answer refused = k.post("/v1/messages/batches", wrong);
        BOOST_TEST(refused.status == 400, wrong);
        BOOST_TEST(k.text(refused, "type") == "error");
    }
    k.finish();
    cancellation go;
    BOOST_TEST(testing::run(k.store->blobs().list("files/", "", 10, go)).value().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace batches_unit
#endif
