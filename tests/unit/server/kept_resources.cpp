// SPDX-License-Identifier: BSL-1.0
// Things of a vendor (vector stores, threads, jobs and others): ids there and back, whose they are, and which account gets a request.
#include "resources.hpp"

#if !defined(LLMX_NO_TLS)
namespace kept_resources_unit {

using namespace llmx;
using namespace server_test::resource_cases;
using server_test::answer;

namespace {
testing::scripted_reply& replies(keeping& k, const std::string& body, int status = 200) {
    return k.network.reply(status, body).field("content-type", "application/json");
}
} // namespace

BOOST_AUTO_TEST_SUITE(server_kept_resources)

BOOST_AUTO_TEST_CASE(ids_lead_back_through_path_query_and_body) {
    keeping k;
    replies(k, R"({"id":"file-1","object":"file","bytes":1,"created_at":1,"filename":"f","purpose":"assistants"})");
    const std::string file = k.text(k.upload("x", "assistants"), "id");
    replies(k, R"({"id":"vs_1","object":"vector_store","status":"completed","file_counts":{"total":1}})");
    const answer made = k.post("/v1/vector_stores", R"({"name":"n","file_ids":[")" + file + R"("]})");
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
    const std::string store = k.text(made, "id");
    BOOST_TEST(store.starts_with("vs_llmx"));
    replies(k, R"({"object":"list","data":[{"id":"file-1","vector_store_id":"vs_1"}],"first_id":"file-1","last_id":"file-1","has_more":false})");
    const answer files = k.get("/v1/vector_stores/" + store + "/files?after=" + file + "&limit=3&custom_llm_provider=openai");
    BOOST_TEST(files.json().at("first_id").as_string() == file);
    BOOST_TEST(files.json().at("data").at(0).at("vector_store_id").as_string() == store);
    replies(k, R"({"object":"vector_store.search_results.page","data":[{"file_id":"file-1","content":[{"text":"file-1 is no id here"}]}]})");
    const answer found = k.post("/v1/vector_stores/" + store + "/search", R"({"query":"q"})");
    BOOST_TEST(found.json().at("data").at(0).at("file_id").as_string() == file);
    BOOST_TEST(found.body.find("file-1 is no id here") != std::string::npos);
    BOOST_TEST(k.get("/v1/vector_stores").json().at("data").as_array().size() == 1u);
    BOOST_TEST(k.get("/v1/vector_stores", "other").json().at("data").as_array().empty());
    BOOST_TEST(k.get("/v1/vector_stores/" + store, "other").status == 404);
    BOOST_TEST(k.post("/v1/vector_stores", R"({"file_ids":[")" + file + R"("]})", "other").status == 404);
    BOOST_TEST(k.get("/v1/vector_stores/vs_1").status == 404);
    replies(k, R"({"id":"vs_1","object":"vector_store.deleted","deleted":true})");
    BOOST_TEST(k.text(k.remove("/v1/vector_stores/" + store), "id") == store);
    BOOST_TEST(k.get("/v1/vector_stores").json().at("data").as_array().empty());
    k.finish();
    const auto& sent = k.network.requests();
    BOOST_REQUIRE_EQUAL(sent.size(), 5u);
    BOOST_TEST(sent[1].body == R"({"name":"n","file_ids":["file-1"]})");
    BOOST_TEST(sent[2].target == "/v1/vector_stores/vs_1/files?after=file-1&limit=3");
    BOOST_TEST(sent[3].target == "/v1/vector_stores/vs_1/search");
    for (const auto& r : sent) BOOST_TEST(r.to.host == "api.openai.test");
}

BOOST_AUTO_TEST_CASE(events_of_a_run_have_the_gateways_ids) {
    keeping k;
    k.network
        .reply(200, "event: thread.run.created\ndata: {\"id\":\"run_1\",\"thread_id\":\"thread_1\",\"assistant_id\":\"asst_1\"}\n\n"
                    "event: done\ndata: [DONE]\n\n")
        .field("content-type", "text/event-stream");
    const answer run = k.post("/v1/threads/runs", R"({"assistant_id":"","stream":true,"thread":{}})");
    BOOST_TEST(run.status == 200);
    BOOST_TEST(run.body.find("\"id\":\"run_1\"") != std::string::npos);
    BOOST_TEST(run.body.find("\"thread_1\"") == std::string::npos);
    BOOST_TEST(run.body.find("\"thread_llmx") != std::string::npos);
    BOOST_TEST(run.body.find("\"asst_llmx") != std::string::npos);
    BOOST_TEST(run.body.ends_with("data: [DONE]\n\n"));
}

BOOST_AUTO_TEST_CASE(the_account_is_that_of_the_model_or_the_vendor) {
    keeping k;
    replies(k, R"({"id":"asst_1","object":"assistant","model":"gpt"})");
    BOOST_TEST(k.post("/v1/assistants", R"({"custom_llm_provider":"openai","model":"gpt"})").status == 200);
    replies(k, R"({"id":"ftjob-1","object":"fine_tuning.job","status":"running"})");
    const answer job = k.post("/v1/fine_tuning/jobs", R"({"model":"gpt","training_file":"file-x"})");
    BOOST_TEST(job.status == 200);
    replies(k, R"({"id":"ftjob-1","object":"fine_tuning.job","status":"succeeded"})");
    const auto jobs = k.get("/v1/fine_tuning/jobs").json();
    BOOST_TEST(jobs.at("data").at(0).at("status").as_string() == "succeeded");
    BOOST_TEST(jobs.at("data").at(0).at("id").as_string() == k.text(job, "id"));
    BOOST_TEST(k.post("/v1/evals", R"({"custom_llm_provider":"nobody"})").status == 404);
    BOOST_TEST(k.post("/v1/evals?custom_llm_provider=anthropic", "{}").status == 501);
    const std::string own = k.text(k.upload("x", "batch"), "id");
    BOOST_TEST(k.post("/v1/fine_tuning/jobs", R"({"model":"gpt","training_file":")" + own + R"("})").status == 400);
    replies(k, R"({"error":{"message":"no"}})", 400);
    BOOST_TEST(k.post("/v1/evals", "{}").status == 400);
    BOOST_TEST(k.get("/v1/evals").json().at("data").as_array().empty());
    k.finish();
    const auto& sent = k.network.requests();
    BOOST_REQUIRE_EQUAL(sent.size(), 4u);
    BOOST_TEST(sent[0].body == R"({"model":"gpt"})");
    BOOST_TEST(sent[2].target == "/v1/fine_tuning/jobs/ftjob-1");
}

BOOST_AUTO_TEST_CASE(a_limited_key_may_use_its_models_alone) {
    keeping k;
    BOOST_TEST(k.post("/v1/assistants", R"({"model":"gpt"})", "limited").status == 403);
    BOOST_TEST(k.post("/v1/threads", "{}", "limited").status == 403);
    BOOST_TEST(k.post("/v1/evals", R"({"data":{"model":"gpt"}})", "limited").status == 403);
    BOOST_TEST(k.post("/v1/threads", "{", "team").status == 400);
    BOOST_TEST(k.get("/v1/threads/../files").status == 400);
    BOOST_TEST(k.network.calls() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kept_resources_unit
#endif
