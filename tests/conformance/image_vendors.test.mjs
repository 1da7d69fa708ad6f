// SPDX-License-Identifier: BSL-1.0
// Images by vendors of other wires, asked for with OpenAI's SDK: what fakes of them get, in which order, with whose key, and what comes back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { Gateway, gateway_program, master_key } from './lib/gateway.mjs';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64');
const models = {
    core: 'stability/stable-image-core', inpaint: 'stability/inpaint', relight: 'stability/replace-background-and-relight',
    flux: 'black_forest_labs/flux-pro-1.1', kontext: 'black_forest_labs/flux-kontext-pro',
    recraft: 'recraft/recraftv3', fal: 'fal_ai/fal-ai/flux/dev', banana: 'fal_ai/fal-ai/nano-banana',
    schnell: 'replicate/black-forest-labs/flux-schnell', sdxl: 'replicate/stability-ai/sdxl:7762fd07', llama: 'replicate/meta/llama-3-70b-instruct',
};
const until = async condition => {
    for (let i = 0; i < 200 && !condition(); ++i) await new Promise(r => setTimeout(r, 25));
    assert.ok(condition());
};

describe('vendors of images', { timeout: 120_000, skip: gateway_program ? false : 'LLMX_GATEWAY is not set' }, () => {
    let server, gateway, client, seen, origin, polls, verdict;
    const answer = (res, status, body) => { res.statusCode = status; res.setHeader('content-type', 'application/json'); res.end(JSON.stringify(body)); };
    const form_of = async (type, body) => await new Response(body, { headers: { 'content-type': type } }).formData();
    before(async () => {
        server = http.createServer(async (req, res) => {
            const pieces = [];
            for await (const p of req) pieces.push(p);
            const bytes = Buffer.concat(pieces), type = req.headers['content-type'] ?? '';
            const path = decodeURIComponent(req.url);
            const at = { method: req.method, path, key: req.headers.authorization ?? req.headers['x-key'], headers: req.headers };
            if (type.startsWith('application/json')) at.body = JSON.parse(bytes);
            if (type.startsWith('multipart/')) at.form = await form_of(type, bytes);
            seen.push(at);
            if (path.startsWith('/v2beta/stable-image/edit/replace')) return answer(res, 200, { id: 'job1' });
            if (path === '/v2beta/results/job1') return ++polls < 2 ? answer(res, 202, { status: 'in-progress' }) : answer(res, 200, { result: png.toString('base64'), finish_reason: 'SUCCESS' });
            if (path.startsWith('/v2beta/')) return at.form.get('prompt') === 'bad' ? answer(res, 403, { id: '1', name: 'content_moderation', errors: ['flagged'] })
                : answer(res, 200, { image: png.toString('base64'), finish_reason: 'SUCCESS', seed: 1 });
            if (path === '/v1/flux-pro-1.1' || path === '/v1/flux-kontext-pro') return answer(res, 200, { id: '1', polling_url: `${origin}/v1/get_result?id=1` });
            if (path === '/v1/get_result?id=1') {
                if (++polls < 2) return answer(res, 200, { id: '1', status: 'Pending', result: null });
                return answer(res, 200, verdict ?? { id: '1', status: 'Ready', result: { sample: `${origin}/files/a.png?sig=1` } });
            }
            if (path.startsWith('/files/')) { res.setHeader('content-type', 'image/png'); return res.end(png); }
            if (path === '/v1/images/generations') return answer(res, 200, { created: 1, data: [{ url: 'https://img.recraft.ai/a' }] });
            if (path === '/v1/images/imageToImage' || path === '/v1/images/inpaint') return answer(res, 200, { created: 1, data: [{ b64_json: png.toString('base64') }] });
            if (path.startsWith('/fal-ai/') && req.method === 'POST') return answer(res, 200, { status: 'IN_QUEUE', request_id: 'r1', status_url: `${origin}/q/status`, response_url: `${origin}/q/r1`, cancel_url: `${origin}/q/cancel` });
            if (path === '/q/status') return answer(res, 200, { status: verdict === 'never' || ++polls < 2 ? 'IN_PROGRESS' : 'COMPLETED' });
            if (path === '/q/r1') return verdict === 'refused' ? answer(res, 422, { detail: [{ msg: 'flagged', type: 'content_policy_violation' }] }) : answer(res, 200, { images: [{ url: `${origin}/files/1.png` }, { url: `${origin}/files/2.png` }] });
            if (path === '/q/cancel') return answer(res, 202, { status: 'CANCELLATION_REQUESTED' });
            if (path === '/stream/1') {
                res.setHeader('content-type', 'text/event-stream');
                res.write('event: output\ndata: Hel\n\n');
                if (verdict === 'never') return;
                return res.end('event: output\ndata: lo\n\nevent: done\ndata: {}\n\n');
            }
            if (path.includes('/llama')) return answer(res, 201, { id: '1', status: 'starting', error: null, urls: { get: `${origin}/v1/predictions/1`, cancel: `${origin}/v1/predictions/1/cancel`, stream: `${origin}/stream/1` } });
            const urls = { get: `${origin}/v1/predictions/1`, cancel: `${origin}/v1/predictions/1/cancel` };
            if (path.endsWith('/predictions') && req.method === 'POST') return answer(res, 201, { id: '1', status: 'starting', urls, error: null });
            if (path === '/v1/predictions/1') {
                if (verdict === 'never' || ++polls < 2) return answer(res, 200, { id: '1', status: 'processing', urls });
                return answer(res, 200, { id: '1', urls, ...(verdict ?? { status: 'succeeded', error: null, output: [`${origin}/files/o.png`] }) });
            }
            if (path === '/v1/predictions/1/cancel') return answer(res, 200, { id: '1', status: 'canceled' });
            answer(res, 404, { detail: 'no such path' });
        }).listen(0, '127.0.0.1');
        await once(server, 'listening');
        origin = `http://127.0.0.1:${server.address().port}`;
        gateway = await Gateway.start({
            model_list: Object.entries(models).map(([model_name, model]) => ({ model_name, litellm_params: { model, api_key: 'up', api_base: origin } })),
            router_settings: { num_retries: 0, disable_cooldowns: true }, general_settings: { master_key },
        });
        client = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: master_key, maxRetries: 0 });
    });
    after(async () => { await gateway?.stop(); server?.close(); });
    beforeEach(() => { seen = []; polls = 0; verdict = undefined; });
    const photo = () => toFile(png, 'a.png', { type: 'image/png' });

    test('Stability AI: forms, a mask, a job, and a refusal', async () => {
        const r = await client.images.generate({ model: 'core', prompt: 'a cat', size: '1024x1024', output_format: 'webp', seed: 7, negative_prompt: 'dogs' });
        assert.equal(r.data[0].b64_json, png.toString('base64'));
        assert.equal(seen[0].path, '/v2beta/stable-image/generate/core');
        assert.equal(seen[0].key, 'Bearer up');
        assert.equal(seen[0].headers.accept, 'application/json');
        assert.deepEqual(Object.fromEntries(seen[0].form), { prompt: 'a cat', aspect_ratio: '1:1', output_format: 'webp', seed: '7', negative_prompt: 'dogs' });
        await client.images.edit({ model: 'inpaint', prompt: 'a hat', image: await photo(), mask: await photo() });
        assert.equal(seen[1].path, '/v2beta/stable-image/edit/inpaint');
        assert.deepEqual(Buffer.from(await seen[1].form.get('mask').arrayBuffer()), png);
        const job = await client.images.edit({ model: 'relight', prompt: 'a beach', image: await photo() });
        assert.equal(job.data[0].b64_json, png.toString('base64'));
        assert.equal(seen[2].form.get('background_prompt'), 'a beach');
        assert.deepEqual(seen.slice(3).map(s => s.path), ['/v2beta/results/job1', '/v2beta/results/job1']);
        await assert.rejects(client.images.generate({ model: 'core', prompt: 'bad' }), e => e.status === 403 && /flagged/.test(e.message));
        await assert.rejects(client.images.generate({ model: 'core', prompt: 'x', size: '10x999' }), e => e.status === 400 && e.param === 'size');
    });
    test('Black Forest Labs: a URL, the bytes, an edit, and moderation', async () => {
        const url = await client.images.generate({ model: 'flux', prompt: 'a cat', size: '1024x768', seed: 7 });
        assert.equal(url.data[0].url, `${origin}/files/a.png?sig=1`);
        assert.deepEqual(seen.map(s => s.path), ['/v1/flux-pro-1.1', '/v1/get_result?id=1', '/v1/get_result?id=1']);
        assert.deepEqual(seen[0].body, { prompt: 'a cat', width: 1024, height: 768, seed: 7 });
        assert.ok(seen.every(s => s.key === 'up'));
        const bytes = await client.images.generate({ model: 'flux', prompt: 'a cat', response_format: 'b64_json' });
        assert.equal(bytes.data[0].b64_json, png.toString('base64'));
        assert.equal(seen.at(-1).path, '/files/a.png?sig=1');
        await client.images.edit({ model: 'kontext', prompt: 'a hat', image: await photo() });
        assert.equal(seen.findLast(s => s.method === 'POST').body.input_image, png.toString('base64'));
        verdict = { id: '1', status: 'Content Moderated', result: null };
        await assert.rejects(client.images.generate({ model: 'flux', prompt: 'x' }), e => e.status === 400);
        verdict = { id: '1', status: 'Ready', result: { sample: 'http://169.254.169.254/latest' } };
        await assert.rejects(client.images.generate({ model: 'flux', prompt: 'x', response_format: 'b64_json' }), e => e.status >= 500);
    });
    test('Recraft: OpenAI\'s form with its own members, and changes as forms', async () => {
        const r = await client.images.generate({ model: 'recraft', prompt: 'a cat', style: 'digital_illustration', controls: { colors: [{ rgb: [1, 2, 3] }] } });
        assert.equal(r.data[0].url, 'https://img.recraft.ai/a');
        assert.deepEqual(seen[0].body, { model: 'recraftv3', prompt: 'a cat', style: 'digital_illustration', controls: { colors: [{ rgb: [1, 2, 3] }] } });
        const changed = await client.images.edit({ model: 'recraft', prompt: 'winter', image: await photo(), n: 1, response_format: 'b64_json' });
        assert.equal(changed.data[0].b64_json, png.toString('base64'));
        assert.equal(seen[1].path, '/v1/images/imageToImage');
        assert.equal(seen[1].form.get('strength'), '0.2');
        assert.equal(seen[1].form.get('model'), 'recraftv3');
        await assert.rejects(client.images.generate({ model: 'recraft', prompt: 'x', background: 'transparent' }), e => e.status === 400);
    });
    test('fal: queue, status, response, files, and a refusal', async () => {
        const r = await client.images.generate({ model: 'fal', prompt: 'a cat', n: 2, size: '1024x1024', guidance_scale: 3 });
        assert.deepEqual(r.data.map(d => d.url), [`${origin}/files/1.png`, `${origin}/files/2.png`]);
        assert.deepEqual(seen.map(s => s.path), ['/fal-ai/flux/dev', '/q/status', '/q/status', '/q/r1']);
        assert.deepEqual(seen[0].body, { prompt: 'a cat', num_images: 2, image_size: { width: 1024, height: 1024 }, guidance_scale: 3 });
        assert.ok(seen.every(s => s.key === 'Key up'));
        await client.images.edit({ model: 'banana', prompt: 'a hat', image: [await photo(), await photo()] });
        const edit = seen.findLast(s => s.method === 'POST');
        assert.equal(edit.path, '/fal-ai/nano-banana/edit');
        assert.deepEqual(edit.body.image_urls, [1, 2].map(() => `data:image/png;base64,${png.toString('base64')}`));
        verdict = 'refused';
        await assert.rejects(client.images.generate({ model: 'fal', prompt: 'x' }), e => e.status === 422 && /flagged/.test(e.message));
    });
    test('Replicate: official models, versions, failures', async () => {
        const r = await client.images.generate({ model: 'schnell', prompt: 'a cat', size: '1024x1024', response_format: 'b64_json', go_fast: true });
        assert.equal(r.data[0].b64_json, png.toString('base64'));
        assert.equal(seen[0].path, '/v1/models/black-forest-labs/flux-schnell/predictions');
        assert.match(seen[0].headers.prefer, /^wait=\d+$/);
        assert.deepEqual(seen[0].body, { input: { go_fast: true, prompt: 'a cat', aspect_ratio: '1:1' } });
        await client.images.generate({ model: 'sdxl', prompt: 'a cat', size: '512x512' });
        assert.deepEqual(seen.findLast(s => s.method === 'POST').body, { version: '7762fd07', input: { prompt: 'a cat', width: 512, height: 512 } });
        verdict = { status: 'failed', error: 'NSFW content detected' };
        await assert.rejects(client.images.generate({ model: 'schnell', prompt: 'x' }), e => e.status === 400);
    });
    test('chat at Replicate: whole and streamed', async () => {
        verdict = { status: 'succeeded', error: null, output: ['Hel', 'lo'], metrics: { input_token_count: 3, output_token_count: 2 } };
        const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Hi' }];
        const whole = await client.chat.completions.create({ model: 'llama', messages, max_tokens: 5 });
        assert.equal(whole.choices[0].message.content, 'Hello');
        assert.deepEqual([whole.usage.prompt_tokens, whole.usage.completion_tokens], [3, 2]);
        assert.equal(seen[0].path, '/v1/models/meta/llama-3-70b-instruct/predictions');
        assert.deepEqual(seen[0].body, { input: { prompt: 'Hi', system_prompt: 'Be brief.', max_tokens: 5 } });
        seen = [];
        let text = '';
        for await (const chunk of await client.chat.completions.create({ model: 'llama', messages, stream: true })) text += chunk.choices[0]?.delta?.content ?? '';
        assert.equal(text, 'Hello');
        assert.deepEqual(seen.map(s => s.path), ['/v1/models/meta/llama-3-70b-instruct/predictions', '/stream/1']);
        assert.equal(seen[1].headers.accept, 'text/event-stream');
        assert.equal(seen[0].headers.prefer, undefined);
        verdict = 'never';
        const stream = await client.chat.completions.create({ model: 'llama', messages, stream: true });
        for await (const chunk of stream) if (chunk.choices[0]?.delta?.content) break;
        await until(() => seen.some(s => s.path === '/v1/predictions/1/cancel'));
    });
    test('a client that leaves has the job cancelled', async () => {
        for (const [model, method, path] of [['fal', 'PUT', '/q/cancel'], ['schnell', 'POST', '/v1/predictions/1/cancel']]) {
            seen = [];
            verdict = 'never';
            const leave = new AbortController();
            const call = client.images.generate({ model, prompt: 'x' }, { signal: leave.signal });
            call.catch(() => {});
            await until(() => seen.length > 1);
            leave.abort();
            await assert.rejects(call);
            await until(() => seen.some(s => s.method === method && s.path === path));
            assert.ok(seen.at(-1).key.endsWith('up'));
        }
    });
});
