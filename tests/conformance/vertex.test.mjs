// SPDX-License-Identifier: BSL-1.0
// Gemini and Claude on Vertex AI, for clients of each language: a token server that verifies the signed assertion, an upstream
// that takes only its tokens, and Google's and Anthropic's own packages for Vertex as judges of what is sent.
import assert from 'node:assert/strict';
import os from 'node:os';
import { after, before, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { AnthropicVertex } from '@anthropic-ai/vertex-sdk';
import { GoogleGenAI } from '@google/genai';
import { OAuth2Client } from 'google-auth-library';
import OpenAI from 'openai';
import { gateway_program, Gateway, master_key } from './lib/gateway.mjs';
import { TokenServer, Vertex } from './lib/vertex.mjs';

const skip = gateway_program === null ? 'LLMX_GATEWAY is not set' : false;
const gemini_id = 'gemini-2.5-flash', claude_id = 'claude-sonnet-4-5@20250929';
const models = { gem: gemini_id, claude: claude_id };
const text_of = { gem: 'Hello there', claude: 'Hello there' };

describe('vertex', { timeout: 180_000, skip }, () => {
    let tokens, vertex, gateway, clients, judges;
    before(async () => {
        if (skip) return;
        tokens = await TokenServer.start();
        vertex = await Vertex.start(tokens.tokens);
        const place = { vertex_location: 'us-east5', api_base: vertex.origin };
        const own = { ...place, vertex_credentials: tokens.account };
        const wrong = { ...place, vertex_credentials: JSON.stringify(tokens.make_account()) };
        gateway = await Gateway.start({
            model_list: [
                { model_name: 'gem', litellm_params: { model: `vertex_ai/${gemini_id}`, ...own } },
                { model_name: 'claude', litellm_params: { model: `vertex_ai/${claude_id}`, ...own } },
                { model_name: 'embed', litellm_params: { model: 'vertex_ai/gemini-embedding-2', ...own } },
                { model_name: 'refused', model_info: { id: 'refused-1' }, litellm_params: { model: `vertex_ai/${claude_id}`, ...wrong } },
                { model_name: 'express', litellm_params: { model: `vertex_ai/${gemini_id}`, api_key: 'express-key', api_base: vertex.origin } },
            ],
            litellm_settings: { num_retries: 0 },
            router_settings: { num_retries: 0, disable_cooldowns: true },
            general_settings: { master_key },
        });
        clients = {
            openai: new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: master_key, maxRetries: 0, timeout: 15_000 }),
            anthropic: new Anthropic({ baseURL: gateway.origin, apiKey: master_key, maxRetries: 0, timeout: 15_000 }),
            gemini: new GoogleGenAI({ apiKey: master_key, vertexai: false, httpOptions: { baseUrl: gateway.origin } }),
        };
        const authClient = new OAuth2Client();
        authClient.setCredentials({ access_token: 'of-the-sdk' });
        judges = {
            gem: new GoogleGenAI({ vertexai: true, project: 'p-1', location: 'us-east5', apiVersion: 'v1', googleAuthOptions: { authClient }, httpOptions: { baseUrl: vertex.origin } }),
            claude: new AnthropicVertex({ projectId: 'p-1', region: 'us-east5', baseURL: `${vertex.origin}/v1`, authClient, maxRetries: 0 }),
            express: new GoogleGenAI({ vertexai: true, apiKey: 'express-key', apiVersion: 'v1', httpOptions: { baseUrl: vertex.origin } }),
        };
    });
    after(async () => { await gateway?.stop(); vertex?.stop(); tokens?.stop(); });
    beforeEach(() => { if (vertex) vertex.requests.length = 0; });

    const ask = {
        openai: async (client, model, stream) => {
            const asked = { model, max_tokens: 64, messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Hi' }] };
            if (!stream) return (await client.chat.completions.create(asked)).choices[0].message.content;
            let text = '';
            for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) text += chunk.choices[0]?.delta?.content ?? '';
            return text;
        },
        anthropic: async (client, model, stream) => {
            const asked = {
                model, max_tokens: 64, system: 'Be brief.', messages: [{ role: 'user', content: 'Hi' }],
                tools: [{ name: 'f', description: 'd', input_schema: { type: 'object', properties: { a: { type: 'string' } } } }],
            };
            if (!stream) return (await client.messages.create(asked)).content[0].text;
            return (await client.messages.stream(asked).finalMessage()).content[0].text;
        },
        gemini: async (client, model, stream) => {
            const asked = { model, contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], config: { systemInstruction: 'Be brief.', maxOutputTokens: 64, temperature: 0.5 } };
            if (!stream) return (await client.models.generateContent(asked)).text;
            let text = '';
            for await (const chunk of await client.models.generateContentStream(asked)) text += chunk.text ?? '';
            return text;
        },
    };
    const path_of = (model, stream) => model === 'claude'
        ? `/v1/projects/p-1/locations/us-east5/publishers/anthropic/models/${claude_id}:${stream ? 'streamRawPredict' : 'rawPredict'}`
        : `/v1/projects/p-1/locations/us-east5/publishers/google/models/${gemini_id}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;

    for (const language of Object.keys(ask))
        for (const model of Object.keys(models))
            for (const stream of [false, true])
                test(`${language} client, ${model}, ${stream ? 'streamed' : 'whole'}`, { timeout: 30_000 }, async () => {
                    assert.equal(await ask[language](clients[language], model, stream), text_of[model]);
                    assert.equal(vertex.requests.length, 1);
                    const { url, headers, body } = vertex.last;
                    assert.equal(url, path_of(model, stream));
                    assert.ok(tokens.tokens.has(headers.authorization.replace('Bearer ', '')));
                    assert.equal(headers['anthropic-version'], undefined);
                    assert.equal(headers['x-api-key'], undefined);
                    assert.equal(body.model, undefined);
                    if (model === 'claude') {
                        assert.equal(body.stream ?? false, stream);
                        assert.equal(body.max_tokens, 64);
                        if (language !== 'anthropic') assert.equal(body.anthropic_version, 'vertex-2023-10-16');
                    } else assert.equal(body.generationConfig.maxOutputTokens, 64);
                });

    for (const [language, model] of [['anthropic', 'claude'], ['gemini', 'gem']])
        for (const stream of [false, true])
            test(`the vendor's package sends what the gateway sends: ${model}, ${stream ? 'streamed' : 'whole'}`, { timeout: 30_000 }, async () => {
                await ask[language](clients[language], model, stream);
                await ask[language](judges[model], models[model], stream);
                const [ours, theirs] = vertex.requests;
                assert.equal(theirs.headers.authorization, 'Bearer of-the-sdk');
                // Google's package encodes no "@", Anthropic's neither.
                assert.equal(ours.url, theirs.url);
                assert.deepEqual(ours.body, theirs.body);
                for (const field of ['content-type', 'anthropic-version', 'anthropic-beta', 'x-goog-api-key']) assert.equal(ours.headers[field], theirs.headers[field], field);
            });
    test('an API key: the express mode of Google\'s package', { timeout: 30_000 }, async () => {
        for (const stream of [false, true]) {
            vertex.requests.length = 0;
            await ask.gemini(clients.gemini, 'express', stream);
            await ask.gemini(judges.express, gemini_id, stream);
            const [ours, theirs] = vertex.requests;
            assert.equal(ours.url, theirs.url);
            assert.deepEqual(ours.body, theirs.body);
            assert.equal(ours.headers['x-goog-api-key'], theirs.headers['x-goog-api-key']);
            assert.equal(ours.headers.authorization, undefined);
        }
    });
    test('an embedding of one text', { timeout: 30_000 }, async () => {
        const r = await clients.openai.embeddings.create({ model: 'embed', input: 'Hi', dimensions: 3, encoding_format: 'float' });
        assert.deepEqual(r.data[0].embedding, [0.5, -1.25, 3]);
        await judges.gem.models.embedContent({ model: 'gemini-embedding-2', contents: 'Hi', config: { outputDimensionality: 3 } });
        const [ours, theirs] = vertex.requests;
        assert.equal(ours.url, theirs.url);
        assert.deepEqual(ours.body.content.parts, theirs.body.content.parts);
        assert.deepEqual(ours.body.embedContentConfig, theirs.body.embedContentConfig);
        assert.equal(ours.body.outputDimensionality, undefined);
    });
    test('anthropic-beta goes on with the request', { timeout: 30_000 }, async () => {
        await clients.anthropic.beta.messages.create({ model: 'claude', max_tokens: 9, betas: ['context-1m-2025-08-07'], messages: [{ role: 'user', content: 'Hi' }] });
        await judges.claude.beta.messages.create({ model: claude_id, max_tokens: 9, betas: ['context-1m-2025-08-07'], messages: [{ role: 'user', content: 'Hi' }] });
        const [ours, theirs] = vertex.requests;
        assert.equal(ours.headers['anthropic-beta'], 'context-1m-2025-08-07');
        assert.equal(ours.headers['anthropic-beta'], theirs.headers['anthropic-beta']);
        assert.equal(ours.url, theirs.url);
    });
    test('many calls at once share a token of their core', { timeout: 30_000 }, async () => {
        await Promise.all(Array.from({ length: 40 }, (_, i) => ask.openai(clients.openai, i % 2 ? 'gem' : 'claude', i % 3 === 0)));
        assert.equal(vertex.requests.length, 40);
        assert.ok(tokens.tokens.size <= os.availableParallelism(), `${tokens.tokens.size} tokens`);
    });
    test('a refused account is reported without its key', { timeout: 30_000 }, async () => {
        const e = await ask.openai(clients.openai, 'refused', false).then(() => null, x => x);
        assert.ok(e instanceof OpenAI.AuthenticationError, `${e?.constructor?.name}: ${e?.message}`);
        assert.match(e.message, /refused-1/);
        assert.equal(tokens.refusals.at(-1), 'Invalid JWT Signature.');
        assert.equal(vertex.requests.length, 0);
        for (const text of [e.message, gateway.log]) {
            assert.ok(!text.includes(tokens.assertions.at(-1)));
            assert.ok(!text.includes('PRIVATE KEY'));
            for (const token of tokens.tokens) assert.ok(!text.includes(token));
        }
    });
    test('errors in Google\'s and in Anthropic\'s words reach the caller', { timeout: 30_000 }, async () => {
        const google = { status: 429, body: { error: { code: 429, message: 'Resource exhausted. Please try again later.', status: 'RESOURCE_EXHAUSTED' } } };
        vertex.script.push(google);
        await assert.rejects(ask.openai(clients.openai, 'gem', false), e => e instanceof OpenAI.RateLimitError && /Resource exhausted/.test(e.message));
        vertex.script.push(google);
        await assert.rejects(ask.anthropic(clients.anthropic, 'claude', true), e => e instanceof Anthropic.RateLimitError);
        vertex.script.push({ status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message: 'messages: at least one message is required' } } });
        await assert.rejects(ask.openai(clients.openai, 'claude', false), e => e instanceof OpenAI.BadRequestError && /at least one message/.test(e.message));
        vertex.script.push({ status: 404, body: [{ error: { code: 404, message: 'Publisher Model was not found.', status: 'NOT_FOUND' } }] });
        await assert.rejects(ask.openai(clients.openai, 'gem', true), e => e instanceof OpenAI.NotFoundError && /Publisher Model/.test(e.message));
    });
});
