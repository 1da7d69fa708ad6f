// SPDX-License-Identifier: BSL-1.0
// Planted secrets: whatever a vendor that repeats its credentials answers, no secret comes out of the gateway, in whichever output.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Gateway } from './lib/gateway.mjs';
import { needs_gateway } from './lib/stack.mjs';

const { privateKey: private_key } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
const plant = {
    master: 'sk-plant-master-9d1e', virtual: 'sk-plant-virtual-4c7a', wrong: 'sk-plant-wrong-77aa', brought: 'sk-plant-brought-5e02', refused: 'sk-plant-refused-8b3f',
    openai: 'sk-plant-openai-a1', anthropic: 'sk-plant-anthropic-b2', gemini: 'plant-gemini-c3', azure: 'plant-azure-d4', groq: 'gsk-plant-groq-e5',
    aws_secret: 'plantAWS/secret+f6f6f6f6f6f6f6f6f6f6', aws_token: 'plantAWSsession//g7g7==', google_token: 'ya29.plant-google-h8', own_path: 'plant-own-path-i9',
    extra_header: 'plant-extra-header-j0', proxy: 'plant-proxy-k1', cookie: 'plant-cookie-l2', id_key: 'plant-id-key-m3m3m3m3', of_environment: 'plant-environment-n4',
};
const secrets = { ...plant, service_account: private_key.split('\n')[5] };

/// A vendor of each language that repeats the request's head in every failure: "[401]", "[500]", "[html]", "[garbage]" or "[midstream]" in the body ask for one.
function echoing_vendor() {
    const seen = [];
    const server = http.createServer((request, response) => {
        const parts = [];
        request.on('data', d => parts.push(d));
        request.on('end', () => {
            const body = Buffer.concat(parts).toString();
            const head = `${request.url} ${JSON.stringify(request.headers)}`;
            seen.push({ url: request.url, headers: request.headers, body });
            const send = (status, type, text) => {
                response.writeHead(status, { 'content-type': type, 'x-request-id': String(request.headers.authorization ?? request.headers['x-api-key'] ?? 'r1') });
                response.end(text);
            };
            if (request.url.endsWith('/token')) return send(200, 'application/json', JSON.stringify({ access_token: plant.google_token, expires_in: 3600, token_type: 'Bearer' }));
            if (body.includes('[401]')) return send(401, 'application/json', JSON.stringify({ type: 'error', error: { message: `bad key: ${head}`, type: 'authentication_error', code: head, param: head }, message: head }));
            if (body.includes('[500]')) return send(500, 'application/json', JSON.stringify({ error: { message: head }, message: head }));
            if (body.includes('[html]')) return send(502, 'text/html', `<html>${head}</html>`);
            if (body.includes('[garbage]')) return send(200, 'application/json', `{"error": "${head.replaceAll('"', '')}`);
            if (body.includes('[midstream]')) {
                response.writeHead(200, { 'content-type': 'text/event-stream' });
                response.write('data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}\n\n');
                response.end(`data: ${JSON.stringify({ error: { message: head, code: head } })}\n\n`);
                return;
            }
            const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
            if (request.url.includes('messages')) return send(200, 'application/json', JSON.stringify({ id: 'm', type: 'message', role: 'assistant', model: 'm', content: [{ type: 'text', text: 'Hello' }], stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: 5 } }));
            if (request.url.includes('enerateContent')) return send(200, 'application/json', JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5, totalTokenCount: 8 } }));
            if (request.url.includes('converse')) return send(200, 'application/json', JSON.stringify({ output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } }, stopReason: 'end_turn', usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 } }));
            return send(200, 'application/json', JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }], usage }));
        });
    });
    return { server, seen };
}

describe('planted secrets', { timeout: 240_000, skip: needs_gateway }, () => {
    let vendor, origin, gateway;
    const outputs = [];
    const names = ['openai', 'anthropic', 'gemini', 'azure', 'bedrock', 'vertex', 'byok', 'dead', 'proxied'];

    before(async () => {
        if (needs_gateway) return;
        vendor = echoing_vendor();
        vendor.server.listen(0, '127.0.0.1');
        await once(vendor.server, 'listening');
        origin = `http://127.0.0.1:${vendor.server.address().port}`;
        const row = (model_name, model, more) => ({ model_name, litellm_params: { model, ...more } });
        const account = { type: 'service_account', project_id: 'p', private_key_id: 'k', private_key, client_email: 'a@p.iam.gserviceaccount.com', token_uri: `${origin}/token` };
        gateway = await Gateway.start({
            model_list: [
                row('openai', 'openai/gpt-4o', { api_key: plant.openai, api_base: `${origin}/v1`, extra_headers: { 'x-operator-token': plant.extra_header } }),
                row('anthropic', 'anthropic/claude-sonnet-4-6', { api_key: plant.anthropic, api_base: origin }),
                row('gemini', 'gemini/gemini-2.5-flash', { api_key: plant.gemini, api_base: origin }),
                row('azure', 'azure/gpt-4o', { api_key: plant.azure, api_base: origin, api_version: '2024-10-21' }),
                row('bedrock', 'bedrock/anthropic.claude-sonnet-4-20250514-v1:0', { aws_access_key_id: 'AKIAPLANT', aws_secret_access_key: plant.aws_secret, aws_session_token: plant.aws_token, aws_region_name: 'us-east-1', api_base: origin }),
                row('vertex', 'vertex_ai/gemini-2.5-flash', { vertex_credentials: JSON.stringify(account), vertex_project: 'p', vertex_location: 'us-central1', api_base: origin }),
                row('byok', 'groq/llama-3.3-70b-versatile', { api_key: plant.groq, api_base: `${origin}/openai/v1`, configurable_clientside_auth_params: ['api_key', 'api_base'] }),
                row('dead', 'openai/gpt-4o', { api_key: plant.openai, api_base: 'http://127.0.0.1:9/v1' }),
                row('proxied', 'openai/gpt-4o', { api_key: plant.openai, api_base: 'http://upstream.invalid/v1', proxy_url: `http://user:${plant.proxy}@127.0.0.1:9` }),
            ],
            litellm_settings: { num_retries: 0, drop_params: true },
            router_settings: { num_retries: 0, disable_cooldowns: true },
            general_settings: {
                master_key: plant.master, log_level: 'debug', files: { id_key: plant.id_key },
                keys: [{ key: plant.virtual, key_alias: 'team', models: ['openai', 'byok'], rpm_limit: 100000 }],
                pass_through_endpoints: [{ path: '/own', target: `${origin}/own`, headers: { 'x-own-secret': plant.own_path }, include_subpath: true, forward_headers: true }],
            },
        });
    });
    after(async () => { await gateway?.stop(); vendor?.server.closeAllConnections(); vendor?.server.close(); });

    /// One request, whose whole answer is an output.
    const ask = async (path, { key = plant.master, body, headers = {}, method = body === undefined ? 'GET' : 'POST' } = {}) => {
        const r = await fetch(`${gateway.origin}${path}`, { method, body, headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), 'content-type': 'application/json', cookie: `session=${plant.cookie}`, ...headers } });
        const text = await r.text().catch(e => String(e));
        outputs.push({ what: `${method} ${path} ${r.status}`, text: `${JSON.stringify([...r.headers])}\n${text}` });
        return { status: r.status, text };
    };
    const chat = (model, text, more = {}) => JSON.stringify({ model, messages: [{ role: 'user', content: text }], max_tokens: 20, ...more });
    const check = () => {
        const leaks = [];
        for (const { what, text } of [...outputs, { what: 'the log', text: gateway.log }])
            for (const [name, secret] of Object.entries(secrets)) {
                const at = text.indexOf(secret);
                if (at >= 0) leaks.push(`${what} has '${name}': ${text.slice(Math.max(0, at - 120), at + secret.length + 40)}`);
            }
        assert.deepEqual(leaks, []);
    };

    test('the vendors get their credentials', { timeout: 30_000 }, async () => {
        for (const name of names.slice(0, 7)) assert.equal((await ask('/v1/chat/completions', { body: chat(name, 'hi') })).status, 200, name);
        const all = JSON.stringify(vendor.seen);
        for (const name of ['openai', 'anthropic', 'gemini', 'azure', 'groq', 'google_token', 'extra_header']) assert.ok(all.includes(plant[name]), name);
        for (const name of ['master', 'virtual', 'cookie', 'aws_secret']) assert.ok(!all.includes(plant[name]), `a vendor got ${name}`);
        check();
    });

    test('failures of each vendor, in each language of the client', { timeout: 120_000 }, async () => {
        for (const model of names)
            for (const fault of ['[401]', '[500]', '[html]', '[garbage]', '[midstream]'])
                for (const stream of [false, true]) {
                    await ask('/v1/chat/completions', { body: chat(model, fault, { stream }) });
                    await ask('/v1/messages', { body: chat(model, fault, { stream }) });
                    await ask('/v1/responses', { body: JSON.stringify({ model, input: fault, stream }) });
                    await ask(`/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, { body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: fault }] }] }) });
                }
        check();
    });

    test('keys and addresses that clients bring', { timeout: 60_000 }, async () => {
        const before_all = vendor.seen.length;
        const good = await ask('/v1/chat/completions', { key: plant.virtual, body: chat('byok', 'hi', { api_key: plant.brought }) });
        assert.equal(good.status, 200, good.text);
        assert.equal(vendor.seen.at(-1).headers.authorization, `Bearer ${plant.brought}`);
        assert.ok(!vendor.seen.at(-1).body.includes(plant.brought), 'the key is in the body');
        const count = vendor.seen.length;
        assert.equal(count, before_all + 1);
        for (const api_base of [origin, 'http://localhost:1/v1', 'http://169.254.169.254/latest', 'http://[::1]:1', 'http://2130706433:1', 'http://10.0.0.1', 'http://[fd00:ec2::254]/']) {
            const r = await ask('/v1/chat/completions', { key: plant.virtual, body: chat('byok', 'hi', { api_key: plant.brought, api_base }) });
            assert.equal(r.status, 400, `${api_base}: ${r.text}`);
            assert.match(r.text, /api_base/);
        }
        for (const fault of ['[401]', '[500]', '[html]', '[garbage]']) await ask('/v1/chat/completions', { body: chat('byok', fault, { api_key: plant.brought }) });
        const refused = await ask('/v1/chat/completions', { body: chat('openai', 'hi', { api_key: plant.refused, base_url: origin }) });
        assert.equal(refused.status, 400, refused.text);
        assert.match(refused.text, /base_url/);
        const ignored = await ask('/v1/chat/completions', { body: chat('openai', 'hi', { api_key: plant.refused }) });
        assert.equal(ignored.status, 200);
        assert.ok(!JSON.stringify(vendor.seen).includes(plant.refused), 'a key that is not taken went on');
        check();
    });

    test('wrong keys, models and bodies', { timeout: 60_000 }, async () => {
        for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses', '/v1/embeddings', '/openai/v1/files', '/own/x', '/nothing']) {
            await ask(path, { key: plant.wrong, body: chat('openai', 'hi') });
            await ask(path, { key: null, body: chat('openai', 'hi'), headers: { 'x-api-key': plant.wrong, 'api-key': plant.wrong } });
            await ask(path, { key: plant.virtual, body: chat('anthropic', 'hi') });
            await ask(path, { body: `{"model": "openai", "api_key": "${plant.brought}", "messages": [` });
            await ask(path, { body: chat(plant.brought, 'hi') .replace(plant.brought, 'nothing') });
            await ask(`${path}?key=${plant.wrong}`, { key: null, body: '{}' });
        }
        check();
    });

    test('paths that are passed on', { timeout: 60_000 }, async () => {
        // A success passes in the vendor's own bytes.
        for (const fault of ['hi', '[401]', '[500]', '[html]'])
            for (const [path, coded] of [['/openai/v1/chat/completions', false], ['/openai/v1/chat/completions', true], ['/anthropic/v1/messages', false], ['/gemini/v1beta/models/gemini-2.5-flash:generateContent', false], ['/own/x', false]]) {
                const body = chat('gpt-4o', fault);
                await ask(path, coded ? { body: gzipSync(body), headers: { 'content-encoding': 'gzip' } } : { body });
            }
        assert.ok(vendor.seen.some(r => r.headers['x-own-secret'] === plant.own_path));
        assert.ok(vendor.seen.some(r => r.headers['content-encoding'] === 'gzip'), 'a coded body went on');
        check();
    });

    test('what the gateway reports of itself', { timeout: 60_000 }, async () => {
        for (const path of ['/health', '/health/liveliness', '/health/readiness', '/metrics', '/v1/models', '/v1/models/openai', '/v1/model/info', '/model/info', '/v1beta/models', '/api/tags', '/v1/files', '/v1/batches'])
            for (const key of [plant.master, plant.virtual, plant.wrong, null]) await ask(path, { key });
        gateway.signal('SIGHUP');
        await new Promise(done => setTimeout(done, 500));
        await ask('/v1/models');
        check();
    });

    test('a configuration that is refused', { timeout: 60_000 }, async () => {
        const wrong = { model_list: [{ model_name: 'm', litellm_params: { model: 'openai/gpt-4o', api_key: plant.openai, rpm: 'os.environ/PLANTED', proxy_url: `socks5://user:${plant.proxy}@127.0.0.1:9`, ssl_pins: ['sha256/short'], client_cert: '/nowhere/client.pem' } }],
            general_settings: { master_key: plant.master, port: 'os.environ/PLANTED', keys: [{ key: plant.virtual, key_alias: 'a' }, { key: plant.virtual, key_alias: 'b' }] } };
        const failure = await Gateway.start(wrong, { env: { PLANTED: plant.of_environment } }).then(g => g.stop().then(() => null), e => e);
        assert.ok(failure, 'the configuration is refused');
        assert.match(failure.message, /client\.pem/);
        outputs.push({ what: 'the refused configuration', text: failure.message });
        check();
    });

    test('the log has lines of all that', () => {
        assert.ok(gateway.log.split('\n').length > 50);
        check();
    });
});
