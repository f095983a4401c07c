'use strict';
// Draws the report that lies in #data. Text from models only ever becomes text nodes and attribute values, never markup.

const report = JSON.parse(document.getElementById('data').textContent);
const byId = id => document.getElementById(id);
const PAGE = 100; // rows that are in the document at a time

// -- elements ---------------------------------------------------------------------------------------------------------

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}
const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

function table(headings, rows, label) {
  const number = i => headings[i].startsWith('#') ? 'number' : null;
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
    el('table', {},
      el('thead', {}, el('tr', {}, headings.map((h, i) => el('th', { scope: 'col', class: number(i) }, h.replace('#', ''))))),
      el('tbody', {}, rows.map(row => el('tr', {}, row.map((cell, i) => el('td', { class: number(i) }, cell)))))));
}

const kindOf = status => (report.words[status] || ['neutral'])[0];
const MARKS = { good: '✓', bad: '✗', neutral: '–' };
const brief = number => number === null || number === undefined ? '' : String(Number(number.toPrecision(3)));
const plural = (n, word) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;

// -- the head ---------------------------------------------------------------------------------------------------------

function drawHead() {
  const machine = report.machine || {};
  const totals = {};
  for (const model of report.models)
    for (const cell of Object.values(model.cells)) totals[cell.status] = (totals[cell.status] || 0) + 1;
  const counts = Object.keys(report.words).filter(word => totals[word])
    .map(word => [el('span', { class: `status ${kindOf(word)}` }, `${MARKS[kindOf(word)]} ${totals[word].toLocaleString('en')} ${word}`), ' ']);
  byId('counts').append(plural(report.models.length, 'model'), ': ', ...counts.flat());
  const facts = Object.entries(machine).filter(([, value]) => !Array.isArray(value) || value.length)
    .flatMap(([key, value]) => [el('dt', {}, key.replace('_', ' ')), el('dd', {}, [].concat(value).join(', '))]);
  const libraries = new Set(report.models.flatMap(model => Object.values(model.cells).map(cell => cell.library || '')));
  libraries.delete('');
  byId('machine').append(el('dl', {}, facts, el('dt', {}, 'ran by'), el('dd', {}, [...libraries].sort().join(', ') || '–')),
    el('dl', {}, Object.entries(report.words).flatMap(([word, [kind, meaning]]) =>
      [el('dt', {}, el('span', { class: `status ${kind}` }, word)), el('dd', {}, meaning)])));
}

// -- filters ----------------------------------------------------------------------------------------------------------

const filters = ['level', 'version', 'format', 'way', 'status'];
const state = { sort: null, down: false, page: 0 };

function setChoices() {
  const choices = {
    level: new Set(), version: new Set(), format: new Set(), way: new Set(report.ways), status: new Set(Object.keys(report.words)),
  };
  for (const model of report.models)
    for (const key of ['level', 'version', 'format']) choices[key].add(model[key] || '');
  for (const key of filters) {
    const words = [...choices[key]].filter(word => word !== '');
    if (key !== 'way' && key !== 'status') words.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    byId(key).append(el('option', { value: '' }, 'all'), ...words.map(word => el('option', { value: word }, word)));
  }
}

// What the search looks through; made once a model, when it is first needed.
function textOf(model) {
  if (model.text === undefined) {
    const messages = Object.values(model.cells).map(cell => cell.message || '');
    const ops = ((model.facts || {}).ops || []).map(op => op[0]);
    model.text = [model.id, model.group, model.level, model.notes, ...ops, ...messages].join('\n').toLowerCase();
  }
  return model.text;
}

function isWanted(model) {
  for (const key of ['level', 'version', 'format'])
    if (byId(key).value && (model[key] || '') !== byId(key).value) return false;
  const status = byId('status').value, way = byId('way').value;
  const cells = way ? [model.cells[way]] : Object.values(model.cells);
  if ((status || way) && !cells.some(cell => cell && (!status || cell.status === status))) return false;
  return byId('search').value.toLowerCase().split(/\s+/).every(word => textOf(model).includes(word));
}

function sortKey(model, column) {
  if (column.way) return (model.cells[column.way] || { status: '~' }).status;
  return model[column.key] || '';
}

function wantedModels() {
  const models = report.models.filter(isWanted), column = columns()[state.sort];
  if (column) {
    models.sort((a, b) => sortKey(a, column).localeCompare(sortKey(b, column), 'en', { numeric: true }));
    if (state.down) models.reverse();
  }
  return models;
}

// -- the matrix -------------------------------------------------------------------------------------------------------

function columns() {
  const ways = report.ways.filter(way => !byId('way').value || byId('way').value === way);
  return [{ name: 'Model', key: 'id' }, { name: 'API level', key: 'level' }, { name: 'TensorFlow', key: 'version' },
    { name: 'Format', key: 'format' }, ...ways.map(way => ({ name: way, way }))];
}

function sortBy(i) {
  state.down = state.sort === i && !state.down;
  state.sort = i;
  drawTable();
  byId('main').querySelectorAll('thead button')[i].focus();
}

function heading(column, i) {
  const order = state.sort !== i ? 'none' : state.down ? 'descending' : 'ascending';
  const mark = { none: '', descending: ' ▼', ascending: ' ▲' }[order];
  return el('th', { scope: 'col', 'aria-sort': order }, el('button', { type: 'button', onclick: () => sortBy(i) }, column.name + mark));
}

function greatestError(cell) {
  const errors = (cell.outputs || []).map(o => o.max_absolute).filter(error => typeof error === 'number');
  const most = Math.max(...errors);
  return !errors.length ? '' : most ? most.toExponential(0) : 'exact';
}

function statusButton(model, way) {
  const cell = model.cells[way];
  if (!cell) return el('span', { class: 'soft', title: 'this way says nothing of such a model' }, '·');
  const kind = kindOf(cell.status), figures = [cell.latency ? `${brief(cell.latency.median)} ms` : '', greatestError(cell)].filter(Boolean);
  return [el('button', { type: 'button', class: `status ${kind}`, title: cell.message || null,
    'aria-label': `${way}: ${cell.status}, ${model.id}`, onclick: () => openModel(model, way) }, `${MARKS[kind]} ${cell.status}`),
  figures.length ? el('div', { class: 'time', title: 'median of a run; greatest error of an output' }, figures.join(', ')) : null];
}

function modelRow(model, list) {
  return el('tr', {}, list.map(column => {
    if (column.way) return el('td', {}, statusButton(model, column.way));
    if (column.key !== 'id') return el('td', {}, model[column.key] || '–');
    return el('th', { scope: 'row' }, el('a', { href: '#' + encodeURIComponent(model.id),
      onclick: event => { event.preventDefault(); openModel(model, null); } }, model.id),
    el('div', { class: 'under' }, [model.level, model.version, model.format].filter(Boolean).join(' · ')));
  }));
}

function drawModels() {
  const models = wantedModels(), list = columns(), pages = Math.max(1, Math.ceil(models.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  const shown = models.slice(state.page * PAGE, (state.page + 1) * PAGE);
  byId('main').replaceChildren(el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Matrix' },
    el('table', { class: 'matrix' },
      el('thead', {}, el('tr', {}, list.map(heading))), el('tbody', {}, shown.map(model => modelRow(model, list))))));
  byId('found').textContent = `${plural(models.length, 'model')} found`;
  drawPager(pages);
}

function drawPager(pages) {
  const step = by => () => { state.page += by; drawTable(); byId('main').focus(); };
  byId('pager').hidden = pages < 2;
  byId('pager').replaceChildren(
    el('button', { type: 'button', disabled: state.page === 0, onclick: step(-1) }, 'Previous'),
    el('span', {}, `page ${state.page + 1} of ${pages}`),
    el('button', { type: 'button', disabled: state.page === pages - 1, onclick: step(1) }, 'Next'));
}

// -- the summary: API level, TensorFlow version, save format ------------------------------------------------------------

function countGroups(models) {
  const groups = new Map();
  for (const model of models) {
    const labels = [model.level || '', model.version || '', model.format || ''], key = labels.join('\t');
    if (!groups.has(key)) groups.set(key, { labels, models: 0, good: {}, asked: {} });
    const group = groups.get(key);
    group.models++;
    for (const [way, cell] of Object.entries(model.cells)) {
      group.asked[way] = (group.asked[way] || 0) + 1;
      if (kindOf(cell.status) === 'good') group.good[way] = (group.good[way] || 0) + 1;
    }
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, group]) => group);
}

function share(group, way) {
  const asked = group.asked[way], good = group.good[way] || 0;
  if (!asked) return '–';
  return el('span', { class: `status ${good === asked ? 'good' : good ? 'neutral' : 'bad'}` }, `${good}/${asked}`);
}

function showGroup(group) {
  ['level', 'version', 'format'].forEach((key, i) => { byId(key).value = group.labels[i]; });
  byId('show').value = 'models';
  drawTable();
}

function drawSummary() {
  const groups = countGroups(report.models.filter(isWanted)), ways = columns().filter(column => column.way).map(column => column.way);
  byId('pager').hidden = true;
  byId('found').textContent = plural(groups.length, 'row');
  byId('main').replaceChildren(table(['API level', 'TensorFlow', 'Format', '#Models', ...ways.map(way => '#' + way)],
    groups.map(group => [el('button', { type: 'button', onclick: () => showGroup(group) }, group.labels[0] || '–'),
      group.labels[1] || '–', group.labels[2], String(group.models), ...ways.map(way => share(group, way))]), 'Summary'));
}

function drawTable() {
  if (byId('show').value === 'summary') drawSummary();
  else drawModels();
}

// -- one model --------------------------------------------------------------------------------------------------------

function section(title, ...content) {
  const shown = content.flat().filter(Boolean);
  return shown.length ? el('section', {}, el('h3', {}, title), shown) : null;
}

function pairs(list) {
  const shown = list.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return shown.length ? el('dl', {}, shown.flatMap(([key, value]) => [el('dt', {}, key), el('dd', {}, String(value))])) : null;
}

function outputsTable(cell) {
  const names = ['max_absolute', 'mean_absolute', 'max_relative', 'mean_relative', 'cosine', 'psnr', 'top1', 'top5'];
  if (!(cell.outputs || []).length) return null;
  return table(['Output', 'Agrees', '#Elements', '#Beyond', ...names.map(name => '#' + name.replace('_', ' '))],
    cell.outputs.map(o => [o.name, o.agrees ? 'yes' : `no: ${o.reason}`, String(o.elements), String(o.beyond),
      ...names.map(name => brief(o[name]))]), 'Differences of outputs');
}

function cellSection(model, way) {
  const cell = model.cells[way];
  if (!cell) return null;
  return section(`${way}: ${cell.status}`,
    el('p', { class: 'soft' }, (report.words[cell.status] || ['', ''])[1]),
    cell.message ? el('p', { class: 'message' }, cell.message) : null,
    pairs([['stage', cell.stage], ['library', cell.library], ...Object.entries(cell.seconds || {}).map(([k, v]) => [k, `${brief(v)} s`])]),
    outputsTable(cell), (cell.notes || []).map(note => el('p', { class: 'soft' }, note)));
}

function waysSection(model, chosen) {
  const ways = report.ways.filter(way => model.cells[way]);
  return section('All ways', ways.length ? table(['Way', 'Status', 'Message', '#Greatest error', '#Median ms'], ways.map(way => {
    const cell = model.cells[way];
    return [el('button', { type: 'button', 'aria-pressed': String(way === chosen), onclick: () => openModel(model, way) }, way),
      el('span', { class: `status ${kindOf(cell.status)}` }, cell.status), cell.message || '',
      greatestError(cell), cell.latency ? brief(cell.latency.median) : ''];
  }), 'All ways') : null, latencyPlot(model, ways));
}

// One line a way, from the least to the 99th percentile, the median a point; the scale is logarithmic.
function latencyPlot(model, ways) {
  const rows = ways.filter(way => model.cells[way].latency && model.cells[way].latency.least > 0);
  if (!rows.length) return null;
  const all = rows.flatMap(way => [model.cells[way].latency.least, model.cells[way].latency.p99]);
  const low = Math.floor(Math.log10(Math.min(...all))), high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all))));
  const left = 130, width = 480, line = 20, height = rows.length * line + 28;
  const x = ms => left + (Math.log10(ms) - low) / (high - low) * (width - left - 20);
  const grid = [];
  for (let power = low; power <= high; power++)
    grid.push(svg('line', { class: 'grid', x1: x(10 ** power), x2: x(10 ** power), y1: 4, y2: height - 20 }),
      svg('text', { class: 'second', x: x(10 ** power), y: height - 6, 'text-anchor': 'middle' }, `${brief(10 ** power)} ms`));
  const marks = rows.map((way, i) => {
    const l = model.cells[way].latency, y = i * line + 14;
    return svg('g', {}, svg('title', {}, `${way}: median ${brief(l.median)} ms, 90 % ${brief(l.p90)}, 99 % ${brief(l.p99)}, ${l.runs} runs`),
      svg('text', { x: 0, y: y + 4 }, way), svg('line', { class: 'range', x1: x(l.least), x2: x(l.p99), y1: y, y2: y }),
      svg('circle', { class: 'median', cx: x(l.median), cy: y, r: 4 }));
  });
  const method = model.cells[rows[0]].latency.method;
  return el('figure', {}, el('div', { class: 'scroll' },
    svg('svg', { width, height, role: 'img', 'aria-label': 'Latency of each way; the table above has the medians' }, grid, marks)),
  el('figcaption', { class: 'soft' }, `Latency: least to 99th percentile, the point is the median. ${method}.`));
}

const shapeOf = info => `${info.dtype}[${info.shape === null ? '...' : info.shape.join(', ')}]`;

function factsSections(model) {
  const facts = model.facts || {};
  const unsupported = (facts.ops || []).filter(op => !op[2]);
  return [
    section('Model', pairs([['path', model.path], ['format', facts.format], ['API', model.api], ['TensorFlow', model.version],
      ['producer', facts.producer], ['signature', facts.signature || model.signature], ['training', facts.training],
      ['notes', model.notes], ['weights', facts.weight_elements !== undefined ?
        `${plural(facts.weight_elements, 'element')}, ${plural(facts.weight_bytes, 'byte')}` : ''], ['arrays', facts.variables || '']]),
    facts.message ? el('p', { class: 'message' }, facts.message) : null,
    facts.refusal ? el('p', { class: 'message' }, facts.refusal) : null),
    section('Inputs and outputs', (facts.inputs || facts.outputs) ? table(['', 'Name', 'Type and shape'],
      [...(facts.inputs || []).map(i => ['input', i.name, shapeOf(i)]), ...(facts.outputs || []).map(o => ['output', o.name, shapeOf(o)])],
      'Inputs and outputs') : null),
    section('Graph', pictureOf(facts.picture, 'ONNX\'s words, optimized'), pictureOf(facts.source, 'TensorFlow\'s words')),
    section('Ops', facts.ops ? el('p', {}, unsupported.length ? `${plural(unsupported.length, 'op')} not supported: ` +
      unsupported.map(op => op[0]).join(', ') : 'Every op is supported.') : null,
    (facts.ops || []).length ? table(['Op', '#Times', 'Supported'], facts.ops.map(op => [op[0], String(op[1]), op[2] ? 'yes' :
      el('span', { class: 'status bad' }, 'no')]), 'Ops') : null),
    section('Layers', facts.layers ? table(['Name', 'Kind', 'Output', '#Parameters'],
      facts.layers.map(l => [l[0], l[1], l[2], String(l[3])]), 'Layers') : null),
    section('Files', facts.files ? table(['File', '#Bytes'],
      facts.files.map(f => [f[0], f[1] === null ? 'missing' : String(f[1])]), 'Files') : null),
  ];
}

function details(model, way) {
  return [cellSection(model, way), waysSection(model, way), ...factsSections(model)].filter(Boolean);
}

function openModel(model, way) {
  const dialog = byId('details'), close = el('button', { type: 'button', onclick: () => dialog.close() }, 'Close');
  dialog.replaceChildren(el('div', { class: 'head' }, el('h2', { id: 'details-title' }, model.id), close), ...details(model, way));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  close.focus();
  history.replaceState(null, '', '#' + encodeURIComponent(model.id));
}

// -- the graph's picture ------------------------------------------------------------------------------------------------
// Graphviz placed boxes and lines when the report was made. A box: x, y, width, height, first line, second line, what it is in
// full, the view that it opens (-1: none), 1 when it lies outside of this view. A line: x and y of a start and, for each piece
// of it, three points (cubic Bezier).

function cut(text, width, size) {
  const most = Math.max(3, Math.floor((width - 10) / size));
  return text.length > most ? text.slice(0, most - 1) + '…' : text;
}

function drawBox(box, show) {
  const [x, y, width, height, first, second, whole, view, outside] = box;
  const kind = view >= 0 ? 'scope' : outside ? 'outside' : first === 'Input' || first === 'Output' ? 'end' : 'node';
  const act = view < 0 ? {} : { tabindex: '0', role: 'button', 'aria-label': `open ${whole || first}, ${second}`, onclick: () => show(view),
    onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); show(view); } } };
  return svg('g', { class: kind, ...act }, svg('title', {}, `${first}\n${whole}`),
    svg('rect', { class: 'box', x, y, width, height, rx: kind === 'end' ? 12 : 3 }),
    svg('text', { x: x + width / 2, y: y + (second ? 15 : height / 2 + 4), 'text-anchor': 'middle' }, cut(first, width, 6.6)),
    second ? svg('text', { class: 'second', x: x + width / 2, y: y + 28, 'text-anchor': 'middle' }, cut(second, width, 5.6)) : null);
}

function drawLine(points) {
  const pieces = [`M${points[0]} ${points[1]}`];
  for (let i = 2; i + 5 < points.length; i += 6) pieces.push('C' + points.slice(i, i + 6).join(' '));
  return svg('path', { class: 'edge', d: pieces.join(''), 'marker-end': 'url(#arrow)' });
}

function drawView(view, zoom, show) {
  const margin = 8, width = view.width + 2 * margin, height = view.height + 2 * margin;
  return svg('svg', { width: width * zoom, height: height * zoom, viewBox: `${-margin} ${-margin} ${width} ${height}`, role: 'group',
    'aria-label': `Graph${view.scope ? ' of ' + view.scope : ''}: ${plural(view.boxes.length, 'node')} and scopes` },
  svg('defs', {}, svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    svg('path', { class: 'head-of-edge', d: 'M0 0L8 4L0 8z' }))),
  view.lines.map(drawLine), view.boxes.map(box => drawBox(box, show)));
}

function pictureOf(picture, title) {
  if (!picture) return null;
  if (!picture.views) return el('p', { class: 'soft' }, `No picture: ${picture.missing}.`);
  const frame = el('div', { class: 'picture', tabindex: '0', role: 'region', 'aria-label': title }), tools = el('div', { class: 'tools' });
  let at = 0, zoom = 1;
  const button = (text, label, act, disabled = false) => el('button', { type: 'button', 'aria-label': label, disabled, onclick: act }, text);
  const draw = () => {
    const view = picture.views[at];
    frame.replaceChildren(drawView(view, zoom, show));
    tools.replaceChildren(button('↑ Up', 'to the scope around this one', () => show(view.up), view.up < 0),
      button('+', 'larger', () => { zoom *= 1.25; draw(); }), button('−', 'smaller', () => { zoom /= 1.25; draw(); }),
      button('Fit', 'as wide as the frame', () => { zoom = Math.min(1, frame.clientWidth / (view.width + 20)); draw(); }),
      el('span', { class: 'soft', role: 'status' }, `${view.scope || 'whole graph'}, ${plural(picture.nodes, 'node')} in all` +
        (view.boxes.some(box => box[7] >= 0) ? '; coloured boxes are scopes that open' : '')));
  };
  const toTop = () => {
    const top = picture.views[at].boxes.reduce((a, b) => b[1] < a[1] ? b : a);
    frame.scrollTo((top[0] + top[2] / 2 + 8) * zoom - frame.clientWidth / 2, 0);
  };
  const show = view => { at = view; draw(); toTop(); };
  draw();
  requestAnimationFrame(toTop);
  return el('div', { class: 'graph' }, el('h4', {}, title), tools, frame);
}

// ------------------------------------------------------------------------------------------------------------------------

function start() {
  if (!report.ways.length && report.models.length === 1) { // tfport view
    const model = report.models[0];
    byId('title').textContent = model.id;
    document.title = `tfport: ${model.id}`;
    byId('machine').hidden = true;
    byId('main').append(...details(model, null));
    return;
  }
  drawHead();
  setChoices();
  const form = byId('filters'), redraw = () => { state.page = 0; drawTable(); };
  form.hidden = false;
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', redraw);
  form.addEventListener('reset', () => setTimeout(redraw));
  byId('details').addEventListener('close', () => history.replaceState(null, '', location.pathname + location.search));
  drawTable();
  const asked = report.models.find(model => location.hash === '#' + encodeURIComponent(model.id));
  if (asked) openModel(asked, null);
}

start();
