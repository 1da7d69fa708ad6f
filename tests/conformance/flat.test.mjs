// SPDX-License-Identifier: BSL-1.0
// Moderations, images, completions and reranking through OpenAI's SDK and fetch.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { check_schema } from './lib/ajv_openai.mjs';
import { upstream_keys } from './lib/gateway.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const octets = Buffer.concat([Buffer.from('\x89PNG\r\n--'), Buffer.from(Array.from({ length: 256 }, (_, i) => i)), Buffer.alloc(50_000, '\r\n')]);
const image = name => toFile(octets, name, { type: 'image/png' });
const says = (type, ...parts) => ({ reply: { status: 200, headers: { 'content-type': type }, parts } });
const json = body => says('application/json', JSON.stringify(body));
const event = e => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`;
const form_of = x => new Response(x.body, { headers: { 'content-type': x.headers['content-type'] } }).formData();
const categories = value => Object.fromEntries(['harassment', 'harassment/threatening', 'sexual', 'hate', 'hate/threatening', 'illicit', 'illicit/violent',
    'self-harm/intent', 'self-harm/instructions', 'self-harm', 'sexual/minors', 'violence', 'violence/graphic'].map(c => [c, value]));

describe('operations without events', { timeout: 120_000, skip: needs_gateway }, () => {
    let s, client;
    before(async () => {
        if (needs_gateway) return;
        const row = (name, provider, upstream, origin, key) => ({ model_name: name, litellm_params: { model: `${provider}/${upstream}`, api_key: key, api_base: `${origin}/v1` } });
        s = await Stack.start({
            config: origin => ({
                extra_models: [
                    row('omni-moderation-latest', 'openai', 'omni-moderation-2024-09-26', origin, upstream_keys.openai),
                    row('mm', 'mistral', 'mistral-moderation-2603', origin, 'sk-mistral'),
                    row('image', 'openai', 'gpt-image-1', origin, upstream_keys.openai),
                    row('text', 'openai', 'gpt-3.5-turbo-instruct', origin, upstream_keys.openai),
                    row('rank', 'cohere', 'rerank-v3.5', origin, 'sk-cohere'),
                ],
            }),
        });
        client = new OpenAI({ baseURL: `${s.url}/v1`, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
    });
    after(() => s?.stop());
    beforeEach(() => s?.reset());

    test('a moderation without a model', { timeout: 30_000 }, async () => {
        const body = { id: 'modr-1', model: 'omni-moderation-2024-09-26', results: [{ flagged: true, categories: categories(true), category_scores: categories(0.5), category_applied_input_types: categories(['text']) }] };
        s.back.script(json(body));
        const r = await client.moderations.create({ input: [{ type: 'text', text: 'a' }, { type: 'image_url', image_url: { url: 'https://h/i.png' } }] });
        assert.deepEqual(r.results, body.results);
        const x = s.upstream_request;
        assert.equal(x.path, '/v1/moderations');
        assert.equal(x.json().model, 'omni-moderation-2024-09-26');
        assert.deepEqual(check_schema('CreateModerationRequest', x.json()), []);
    });
    test('a moderation by another vendor', { timeout: 30_000 }, async () => {
        s.back.script(json({ id: 'm', model: 'mistral-moderation-2603', results: [{ categories: { pii: true }, category_scores: { pii: 0.75 } }] }));
        const r = await client.moderations.create({ model: 'mm', input: 'a' });
        assert.equal(r.results[0].flagged, true);
        assert.deepEqual(s.upstream_request.json(), { model: 'mistral-moderation-2603', input: 'a' });
    });
    test('an image', { timeout: 30_000 }, async () => {
        s.back.script(json({ created: 7, data: [{ b64_json: octets.toString('base64') }], usage: { input_tokens: 3, input_tokens_details: { text_tokens: 3, image_tokens: 0 }, output_tokens: 5, total_tokens: 8 } }));
        const r = await client.images.generate({ model: 'image', prompt: 'a cat', size: '1024x1024', quality: 'high', n: 1 });
        assert.deepEqual(Buffer.from(r.data[0].b64_json, 'base64'), octets);
        const x = s.upstream_request;
        assert.equal(x.path, '/v1/images/generations');
        assert.deepEqual(x.json(), { model: 'gpt-image-1', prompt: 'a cat', size: '1024x1024', quality: 'high', n: 1 });
        assert.deepEqual(check_schema('CreateImageRequest', x.json()), []);
    });
    test('an image as events', { timeout: 30_000 }, async () => {
        const last = { type: 'image_generation.completed', b64_json: 'AAEC', usage: { input_tokens: 3, output_tokens: 5, total_tokens: 8 } };
        s.back.script(says('text/event-stream', event({ type: 'image_generation.partial_image', b64_json: 'AA', partial_image_index: 0 }), event(last)));
        const seen = [];
        for await (const e of await client.images.generate({ model: 'image', prompt: 'a cat', stream: true, partial_images: 1 })) seen.push(e.type);
        assert.deepEqual(seen, ['image_generation.partial_image', 'image_generation.completed']);
    });
    test('a change of an image, and a variation', { timeout: 30_000 }, async () => {
        s.back.script(json({ created: 7, data: [{ b64_json: 'AAEC' }] }));
        const r = await client.images.edit({ model: 'image', image: [await image('1.png'), await image('2.png')], mask: await image('m.png'), prompt: 'a hat' });
        assert.equal(r.data[0].b64_json, 'AAEC');
        const x = s.upstream_request;
        assert.equal(x.path, '/v1/images/edits');
        const form = await form_of(x);
        assert.equal(form.get('model'), 'gpt-image-1');
        assert.deepEqual(Buffer.from(await form.get('mask').arrayBuffer()), octets);
        assert.equal([...form.keys()].filter(k => k.startsWith('image')).length, 2);
        s.reset();
        s.back.script(json({ created: 7, data: [{ url: 'https://h/i' }] }));
        const v = await client.images.createVariation({ model: 'image', image: await image('1.png') });
        assert.equal(v.data[0].url, 'https://h/i');
        assert.equal(s.upstream_request.path, '/v1/images/variations');
    });
    test('completions that pass', { timeout: 30_000 }, async () => {
        s.back.script(json({ id: 'c', object: 'text_completion', created: 7, model: 'x', choices: [{ text: 'b', index: 0, logprobs: null, finish_reason: 'stop' }], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }));
        const r = await client.completions.create({ model: 'text', prompt: ['a', 'b'], suffix: 'c', echo: true });
        assert.equal(r.choices[0].text, 'b');
        const x = s.upstream_request;
        assert.equal(x.path, '/v1/completions');
        assert.deepEqual(x.json(), { model: 'gpt-3.5-turbo-instruct', prompt: ['a', 'b'], suffix: 'c', echo: true });
    });
    for (const upstream of ['anthropic', 'gemini'])
        test(`completions of a chat, whole and streamed: ${upstream}`, { timeout: 30_000 }, async () => {
            const whole = await client.completions.create({ model: s.model(upstream), prompt: '[plain]', max_tokens: 100 });
            assert.equal(whole.object, 'text_completion');
            assert.ok(whole.choices[0].text.length > 0);
            assert.deepEqual(check_schema('CreateCompletionResponse', JSON.parse(s.front.last.reply.body)), []);
            let text = '';
            for await (const chunk of await client.completions.create({ model: s.model(upstream), prompt: '[plain]', max_tokens: 100, stream: true })) text += chunk.choices[0]?.text ?? '';
            assert.ok(text.length > 0);
        });
    test('a reranking', { timeout: 30_000 }, async () => {
        s.back.script(json({ id: 'r', results: [{ index: 1, relevance_score: 0.75 }], meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } } }));
        const r = await fetch(`${s.url}/v2/rerank`, { method: 'POST', headers: { authorization: `Bearer ${s.key}`, 'content-type': 'application/json' }, body: JSON.stringify({ model: 'rank', query: 'q', documents: ['a', 'b'], top_n: 1 }) });
        assert.equal((await r.json()).results[0].index, 1);
        assert.equal(r.headers.get('x-llmx-response-cost'), '0.002');
        const x = s.upstream_request;
        assert.equal(x.path, '/v2/rerank');
        assert.deepEqual(x.json(), { model: 'rerank-v3.5', query: 'q', documents: ['a', 'b'], top_n: 1 });
    });
    test('what a provider does not serve', { timeout: 30_000 }, async () => {
        const e = await client.moderations.create({ model: s.model('anthropic'), input: 'a' }).then(() => null, x => x);
        assert.equal(e.status, 501);
    });
});
