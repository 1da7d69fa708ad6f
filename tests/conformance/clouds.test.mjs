// SPDX-License-Identifier: BSL-1.0
// Clouds whose wires are their own: Amazon SageMaker and Bedrock's InvokeModel, partners' models on Vertex AI, watsonx.ai's embeddings and
// reranking, Snowflake's key pairs and SAP AI Core, at one fake of them all. Signatures are judged by AWS's own package, tokens by node:crypto.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { credentials, message, region, wrong_signature } from './lib/bedrock.mjs';
import { Gateway, gateway_program, master_key } from './lib/gateway.mjs';
import { TokenServer } from './lib/vertex.mjs';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
const claude = 'anthropic.claude-sonnet-4-20250514-v1:0', nova = 'amazon.nova-pro-v1:0', llama = 'meta.llama3-8b-instruct-v1:0', gpt = 'openai.gpt-oss-120b-1:0';

const chunk = (content, more = {}) => ({ id: 'c-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null, ...more }] });
const reply = { id: 'c-1', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } };
const chunks = [chunk('Hello'), chunk(' there', { finish_reason: 'stop' }), { ...chunk(''), choices: [], usage: reply.usage }];
const sse = events => events.map(e => `data: ${JSON.stringify(e)}\n\n`).join('') + 'data: [DONE]\n\n';
const base64 = value => ({ bytes: Buffer.from(JSON.stringify(value)).toString('base64'), p: 'abc' });

// By model: a whole reply, and the objects of a stream.
const invoked = {
    [claude]: [{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [{ type: 'text', text: 'Hello there' }], stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: 2 } }, [
        { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], stop_reason: null, usage: { input_tokens: 3, output_tokens: 1 } } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } }, { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' there' } },
        { type: 'content_block_stop', index: 0 }, { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
        { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 3, outputTokenCount: 2 } }]],
    [nova]: [{ output: { message: { role: 'assistant', content: [{ text: 'Hello there' }] } }, stopReason: 'end_turn', usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } }, [
        { messageStart: { role: 'assistant' } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hello' } } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: ' there' } } },
        { contentBlockStop: { contentBlockIndex: 0 } }, { messageStop: { stopReason: 'end_turn' } }, { metadata: { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } } }]],
    [llama]: [{ generation: 'Hello there', prompt_token_count: 3, generation_token_count: 2, stop_reason: 'stop' }, [
        { generation: 'Hello', prompt_token_count: 3, generation_token_count: 1, stop_reason: null },
        { generation: ' there', prompt_token_count: null, generation_token_count: 2, stop_reason: 'stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 3, outputTokenCount: 2 } }]],
    [gpt]: [reply, [chunk('Hello'), { ...chunk(' there', { finish_reason: 'stop' }), 'amazon-bedrock-invocationMetrics': { inputTokenCount: 3, outputTokenCount: 2 } }]],
};
const tgi = ['Hello', ' there', '</s>'].map((text, i) => ({ index: i, token: { id: i, text, special: i === 2 }, generated_text: i === 2 ? 'Hello there' : null, details: i === 2 ? { finish_reason: 'eos_token', generated_tokens: 3 } : null }));

describe('clouds', { timeout: 120_000, skip: gateway_program ? false : 'LLMX_GATEWAY is not set' }, () => {
    let server, gateway, openai, anthropic, tokens, seen, problems;
    const json = (res, value) => { res.setHeader('content-type', 'application/json'); res.end(JSON.stringify(value)); };
    const events = (res, text) => { res.setHeader('content-type', 'text/event-stream'); res.end(text); };
    const aws = (res, messages) => { res.setHeader('content-type', 'application/vnd.amazon.eventstream'); res.end(Buffer.concat(messages)); };
    /// \p text in parts of SageMaker that end anywhere.
    const parts = text => text.match(/[\s\S]{1,37}/g).map(piece => message('PayloadPart', new TextEncoder().encode(piece)));
    const serve = async (req, res) => {
        const pieces = [];
        for await (const p of req) pieces.push(p);
        const bytes = Buffer.concat(pieces), path = decodeURIComponent(req.url);
        if (/\/(identity|oauth)\/token$/.test(path)) {
            problems.push(...(String(bytes).includes('secret-of-the-account') ? [] : [`the token server got ${bytes}`]));
            return json(res, { access_token: 'cloud-token', expires_in: 3600, token_type: 'bearer' });
        }
        const body = JSON.parse(bytes);
        seen.push({ path, body, headers: req.headers });
        let m;
        if ((m = /^\/model\/(.+)\/invoke(-with-response-stream)?$/.exec(path))) {
            const wrong = await wrong_signature(req, bytes);
            if (wrong) problems.push(wrong);
            if (!m[2]) return json(res, invoked[m[1]][0]);
            return aws(res, invoked[m[1]][1].map(o => message('chunk', base64(o))));
        }
        if ((m = /^\/endpoints\/(.+)\/invocations(-response-stream)?$/.exec(path))) {
            const wrong = await wrong_signature(req, bytes, 'sagemaker');
            if (wrong) problems.push(wrong);
            if (m[1] === 'embedder') return json(res, [[0.5, -1], [1, 2]]);
            if (m[1] === 'broken') {
                res.statusCode = 424;
                res.setHeader('x-amzn-errortype', 'ModelError');
                return json(res, { ErrorCode: 'CLIENT_ERROR_FROM_MODEL', OriginalMessage: '{"error":"Input validation error: too long"}', OriginalStatusCode: 422, Message: 'Received client error (422) from primary' });
            }
            const text = m[1].includes('tgi');
            if (!m[2]) return json(res, text ? [{ generated_text: 'Hello there' }] : reply);
            return aws(res, parts(text ? tgi.map(e => `data:${JSON.stringify(e)}\n\n`).join('') : sse(chunks)));
        }
        if (path.startsWith('/ml/v1/text/embeddings')) return json(res, { model_id: 'slate', results: [{ embedding: [0.5, -1] }], input_token_count: 4 });
        if (path.startsWith('/ml/v1/text/rerank')) return json(res, { model_id: 'x', results: [{ index: 1, score: 0.9, input: { text: 'b' } }, { index: 0, score: 0.1, input: { text: 'a' } }], input_token_count: 4 });
        if (path.endsWith('/v2/completion')) return body.config.stream?.enabled ? events(res, sse(chunks.map(c => ({ request_id: 'r', final_result: c })))) : json(res, { request_id: 'r', final_result: reply });
        return body.stream ? events(res, sse(chunks)) : json(res, reply);
    };
    before(async () => {
        if (!gateway_program) return;
        tokens = await TokenServer.start();
        server = http.createServer((req, res) => serve(req, res).catch(e => { problems.push(String(e)); res.destroy(); })).listen(0, '127.0.0.1');
        await once(server, 'listening');
        const api_base = `http://127.0.0.1:${server.address().port}`;
        const account = { aws_region_name: region, aws_access_key_id: credentials.accessKeyId, aws_secret_access_key: credentials.secretAccessKey, aws_session_token: credentials.sessionToken, api_base };
        const row = (model_name, model, params) => ({ model_name, litellm_params: { model, ...params } });
        const vertex = { vertex_project: 'p-1', vertex_location: 'us-central1', vertex_credentials: tokens.account, api_base };
        const watsonx = { api_key: 'secret-of-the-account', project_id: 'proj', watsonx_iam_url: `${api_base}/identity/token`, api_base };
        const service_key = JSON.stringify({ clientid: 'id', clientsecret: 'secret-of-the-account', url: api_base, serviceurls: { AI_API_URL: api_base } });
        gateway = await Gateway.start({
            model_list: [
                row('claude', `bedrock/invoke/${claude}`, account), row('nova', `bedrock/invoke/${nova}`, account), row('llama', `bedrock/invoke/${llama}`, account),
                row('gpt', `bedrock/invoke/${gpt}`, account), row('endpoint', 'sagemaker_chat/my-endpoint', account), row('tgi', 'sagemaker/tgi-mistral', account),
                row('embedder', 'sagemaker/embedder', account), row('broken', 'sagemaker/broken', account),
                row('mistral', 'vertex_ai/mistral-large-2411@001', vertex), row('maas', 'vertex_ai/meta/llama-4-maas', vertex),
                row('slate', 'watsonx/slate', watsonx), row('cross', 'watsonx/cross-encoder', watsonx),
                row('cortex', 'snowflake/claude-sonnet', { snowflake_account: 'myorg-acct', snowflake_user: 'ann', snowflake_private_key: pem, api_base }),
                row('hub', 'sap/gpt-4o', { api_key: service_key, aicore_deployment_id: 'd1', aicore_resource_group: 'team' }),
                row('hub-direct', 'sap/deployment/gpt-4o', { api_key: service_key, aicore_deployment_id: 'd2' }),
            ],
            router_settings: { num_retries: 0, disable_cooldowns: true }, general_settings: { master_key },
        });
        openai = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: master_key, maxRetries: 0, timeout: 15_000 });
        anthropic = new Anthropic({ baseURL: gateway.origin, apiKey: master_key, maxRetries: 0, timeout: 15_000 });
    });
    after(async () => { await gateway?.stop(); server?.close(); tokens?.stop(); });
    beforeEach(() => { seen = []; problems = []; });

    const asked = model => ({ model, max_tokens: 64, messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Hi' }] });
    /// The answer of \p model, whole and streamed, by both SDKs; the requests that arrived.
    const talk = async model => {
        const whole = await openai.chat.completions.create(asked(model));
        assert.equal(whole.choices[0].message.content, 'Hello there');
        assert.equal(whole.choices[0].finish_reason, 'stop');
        let text = '', usage = null;
        for await (const c of await openai.chat.completions.create({ ...asked(model), stream: true, stream_options: { include_usage: true } })) {
            text += c.choices[0]?.delta?.content ?? '';
            usage = c.usage ?? usage;
        }
        assert.equal(text, 'Hello there');
        const message = await anthropic.messages.create({ model, max_tokens: 64, system: 'Be brief.', messages: [{ role: 'user', content: 'Hi' }] });
        assert.equal(message.content[0].text, 'Hello there');
        const stream = anthropic.messages.stream({ model, max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] });
        assert.equal((await stream.finalMessage()).content[0].text, 'Hello there');
        assert.deepEqual(problems, []);
        assert.equal(seen.length, 4);
        return { whole, usage, first: seen[0], second: seen[1] };
    };

    test('InvokeModel: Claude, Nova, Llama and a model in OpenAI\'s form', async () => {
        for (const [name, model] of [['claude', claude], ['nova', nova], ['llama', llama], ['gpt', gpt]]) {
            seen = [];
            const { whole, usage, first, second } = await talk(name);
            assert.equal(first.path, `/model/${model}/invoke`);
            assert.equal(second.path, `/model/${model}/invoke-with-response-stream`);
            for (const r of [first, second]) for (const member of ['model', 'stream', 'stream_options']) assert.ok(!(member in r.body), `${name}: ${member}`);
            assert.deepEqual([whole.usage.prompt_tokens, whole.usage.completion_tokens], [3, 2]);
            assert.deepEqual([usage.prompt_tokens, usage.completion_tokens], [3, 2], name);
            if (name === 'claude') assert.equal(first.body.anthropic_version, 'bedrock-2023-05-31');
            if (name === 'nova') assert.equal(first.body.schemaVersion, 'messages-v1');
            if (name === 'llama') assert.match(first.body.prompt, /<\|start_header_id\|>user<\|end_header_id\|>\n\nHi<\|eot_id\|>/);
        }
    });
    test('SageMaker: the messages API, a prompt, embeddings and a container\'s refusal', async () => {
        const messages = await talk('endpoint');
        assert.equal(messages.first.path, '/endpoints/my-endpoint/invocations');
        assert.equal(messages.second.path, '/endpoints/my-endpoint/invocations-response-stream');
        assert.deepEqual(messages.second.body.stream_options, { include_usage: true });
        assert.ok(!('model' in messages.first.body));
        assert.equal(messages.usage.completion_tokens, 2);
        seen = [];
        const prompt = await talk('tgi');
        assert.deepEqual(prompt.second.body, { inputs: '<s>[INST] Be brief.\n\nHi [/INST]', parameters: { max_new_tokens: 64, return_full_text: false }, stream: true });
        seen = [];
        const vectors = await openai.embeddings.create({ model: 'embedder', input: ['a', 'b'], encoding_format: 'float' });
        assert.deepEqual(vectors.data.map(d => d.embedding), [[0.5, -1], [1, 2]]);
        assert.deepEqual(seen[0].body, { inputs: ['a', 'b'] });
        await assert.rejects(openai.chat.completions.create(asked('broken')), e => e.status === 422 && /too long/.test(e.message));
        assert.deepEqual(problems, []);
    });
    test('Vertex AI: Mistral behind rawPredict, Llama at the endpoint of open models', async () => {
        const raw = await talk('mistral');
        const at = '/v1/projects/p-1/locations/us-central1';
        assert.equal(raw.first.path, `${at}/publishers/mistralai/models/mistral-large-2411@001:rawPredict`);
        assert.equal(raw.second.path, `${at}/publishers/mistralai/models/mistral-large-2411@001:streamRawPredict`);
        assert.equal(raw.first.body.model, 'mistral-large-2411');
        assert.ok(!('stream_options' in raw.second.body));
        seen = [];
        const open = await talk('maas');
        assert.equal(open.first.path, `${at}/endpoints/openapi/chat/completions`);
        assert.equal(open.first.body.model, 'meta/llama-4-maas');
        assert.match(open.first.headers.authorization, /^Bearer /);
    });
    test('watsonx.ai: embeddings and reranking', async () => {
        const r = await openai.embeddings.create({ model: 'slate', input: 'hi', encoding_format: 'float' });
        assert.deepEqual(r.data[0].embedding, [0.5, -1]);
        assert.equal(r.usage.prompt_tokens, 4);
        assert.deepEqual(seen[0].body, { inputs: ['hi'], model_id: 'slate', project_id: 'proj' });
        assert.equal(seen[0].headers.authorization, 'Bearer cloud-token');
        const ranked = await fetch(`${gateway.origin}/v1/rerank`, {
            method: 'POST', headers: { authorization: `Bearer ${master_key}`, 'content-type': 'application/json' },
            body: JSON.stringify({ model: 'cross', query: 'q', documents: ['a', 'b'], top_n: 2, return_documents: true }),
        });
        assert.equal(ranked.status, 200);
        assert.deepEqual((await ranked.json()).results.map(x => [x.index, x.relevance_score]), [[1, 0.9], [0, 0.1]]);
        assert.deepEqual(seen[1].body.parameters, { return_options: { top_n: 2, inputs: true } });
        assert.deepEqual(problems, []);
    });
    test('Snowflake: a token that the key pair has signed', async () => {
        const { first } = await talk('cortex');
        assert.equal(first.headers['x-snowflake-authorization-token-type'], 'KEYPAIR_JWT');
        const [head, claims, signature] = first.headers.authorization.slice('Bearer '.length).split('.');
        assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), pair.publicKey, Buffer.from(signature, 'base64url')));
        const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
        const claimed = JSON.parse(Buffer.from(claims, 'base64url'));
        assert.equal(claimed.iss, `MYORG-ACCT.ANN.SHA256:${createHash('sha256').update(der).digest('base64')}`);
        assert.equal(claimed.sub, 'MYORG-ACCT.ANN');
        assert.ok(claimed.exp - claimed.iat === 3600 && Math.abs(claimed.iat - Date.now() / 1000) < 60);
    });
    test('SAP AI Core: orchestration and a deployment of a model', async () => {
        const { first, second, usage } = await talk('hub');
        assert.equal(first.path, '/v2/inference/deployments/d1/v2/completion');
        assert.equal(first.headers['ai-resource-group'], 'team');
        assert.equal(first.headers.authorization, 'Bearer cloud-token');
        const { prompt, model } = first.body.config.modules.prompt_templating;
        assert.deepEqual(prompt.template.map(m => m.role), ['system', 'user']);
        assert.deepEqual([model.name, model.version, model.params], ['gpt-4o', 'latest', { max_tokens: 64 }]);
        assert.deepEqual(second.body.config.stream, { enabled: true });
        assert.equal(usage.completion_tokens, 2);
        seen = [];
        const direct = await talk('hub-direct');
        assert.equal(direct.first.path, '/v2/inference/deployments/d2/chat/completions?api-version=2024-12-01-preview');
        assert.equal(direct.first.body.model, 'gpt-4o');
        assert.equal(direct.first.headers['ai-resource-group'], 'default');
    });
});
