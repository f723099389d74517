// Draws what Python describes: `duogui.setup` once per map, `duogui.sync` at every change.
// Only the difference to what is drawn is changed, so the view never jumps and nothing flickers.
// Text from data reaches the page as textContent, never as HTML.
"use strict";

window.duogui = (() => {
  const states = new WeakMap();

  // ---- styles -------------------------------------------------------------------------------------------------

  function hatch(spec, fill, fillOpacity) {
    const size = 9;
    const ratio = 2; // drawn twice as fine, so that stripes stay sharp
    const tile = document.createElement("canvas");
    tile.width = tile.height = size * ratio;
    const ctx = tile.getContext("2d");
    ctx.scale(ratio, ratio);
    if (fill) {
      ctx.globalAlpha = fillOpacity;
      ctx.fillStyle = fill;
      ctx.fillRect(0, 0, size, size);
    }
    ctx.globalAlpha = 1;
    ctx.strokeStyle = ctx.fillStyle = spec.color;
    if (spec.kind === "dots") {
      ctx.beginPath();
      ctx.arc(size / 2, size / 2, 1.1, 0, 2 * Math.PI);
      ctx.fill();
    } else {
      const up = spec.angle <= 90 ? 1 : -1;
      ctx.lineWidth = 1.4;
      ctx.beginPath();
      for (const shift of [-size, 0, size]) {
        ctx.moveTo(shift, up > 0 ? size : 0);
        ctx.lineTo(shift + size, up > 0 ? 0 : size);
      }
      ctx.stroke();
    }
    const pattern = ctx.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / ratio));
    return pattern;
  }

  function pathOf(style, properties) {
    const path = { ...style.path };
    const variant = style.varyBy && style.variants[properties[style.varyBy]];
    if (variant) {
      path.color = variant.color;
      path.weight = variant.weight;
      if (variant.fillColor) path.fillColor = variant.fillColor;
    }
    const dashes = style.dashByCertainty;
    if (dashes && !style.path.radius && properties.certainty in dashes) {
      path.dashArray = dashes[properties.certainty];
      path.lineCap = path.dashArray ? "butt" : "round";
    }
    return path;
  }

  function casingOf(style, properties) {
    const weight = pathOf(style, properties).weight;
    // A full casing would be all that is seen of a thin dotted road.
    return weight < 1.6 ? { ...style.casing, weight: weight + 1, opacity: 0.3 } : { ...style.casing, weight: weight + 2.6 };
  }

  function faded(path, opacity, pattern) {
    const result = { ...path, opacity: (path.opacity ?? 1) * opacity, fillOpacity: (path.fillOpacity ?? 0) * opacity };
    if (pattern && path.fill) {
      result.fillColor = pattern;
      result.fillOpacity = opacity;
    }
    return result;
  }

  // ---- one layer: casing, stroke and core as three passes over the same features --------------------------------

  function build(map, spec, data) {
    const style = spec.style;
    const pattern = style.hatch ? hatch(style.hatch, style.path.fillColor, style.path.fillOpacity) : null;
    const passes = [];
    if (style.casing) passes.push((p) => casingOf(style, p));
    passes.push((p) => pathOf(style, p));
    if (style.core) passes.push(() => style.core);
    const shown = (feature) => feature.geometry !== null;
    const groups = passes.map((styleOf, index) => {
      const hover = spec.hover && index === (style.casing ? 1 : 0);
      const group = L.geoJSON(data, {
        filter: shown,
        renderer: states.get(map).renderer,
        interactive: hover,
        style: (feature) => ({ ...faded(styleOf(feature.properties), spec.opacity, pattern), interactive: hover }),
        pointToLayer: (feature, at) => L.circleMarker(at, { radius: style.path.radius || 5, interactive: hover, renderer: states.get(map).renderer }),
      });
      if (hover) {
        group.bindTooltip((path) => textNode(path.feature.properties.name), { sticky: true, className: "duogui-tip" });
      }
      return { group, styleOf };
    });
    return {
      labels: spec.labels ? (data.labels || []).map((label) => labelMarker(label)) : [],
      add() {
        groups.forEach(({ group }) => group.addTo(map));
      },
      remove() {
        groups.forEach(({ group }) => group.remove());
      },
      fade(opacity) {
        groups.forEach(({ group, styleOf }) => {
          group.setStyle((feature) => faded(styleOf(feature.properties), opacity, pattern));
        });
      },
      raise() {
        groups.forEach(({ group }) => group.bringToFront());
      },
    };
  }

  function textNode(text) {
    const span = document.createElement("span");
    span.textContent = text ?? "";
    return span;
  }

  // ---- labels -----------------------------------------------------------------------------------------------

  function labelMarker(label) {
    const box = document.createElement("div");
    box.className = `duogui-label duogui-${label.kind}`;
    box.appendChild(textNode(label.text));
    const icon = L.divIcon({ html: box, className: "duogui-anchor", iconSize: [0, 0] });
    const marker = L.marker(label.at[0], { icon, pane: "duogui-labels", interactive: false, keyboard: false });
    marker.label = label;
    return marker;
  }

  function declutter(map) {
    const state = states.get(map);
    const zoom = map.getZoom();
    const taken = [];
    const markers = [...state.labels].sort((a, b) => a.label.rank - b.label.rank);
    const frame = map.getSize();
    for (const marker of markers) {
      const { at, kind, text } = marker.label;
      const raised = kind.startsWith("seat") || kind === "site";
      const half = [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 7 : 4.2), 6);
      const boxAt = (place) => {
        const { x, y } = map.latLngToContainerPoint(place);
        return [x - half, y - (raised ? 21 : 9), x + half, y + (raised ? 5 : 9)];
      };
      const inside = (box) => box[2] > 0 && box[0] < frame.x && box[3] > 0 && box[1] < frame.y;
      const free = (box) => taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
      const places = zoom < marker.label.zoom ? [] : at.filter((place) => inside(boxAt(place)) && free(boxAt(place)));
      if (places.length) {
        taken.push(boxAt(places[0]));
        if (at.length > 1) marker.setLatLng(places[0]);
      }
      const element = marker.getElement();
      if (element) element.classList.toggle("duogui-hidden", !places.length);
    }
  }

  // ---- setup and sync -----------------------------------------------------------------------------------------

  function setup(map, options) {
    const container = map.getContainer();
    container.style.setProperty("height", "100vh", "important");
    container.style.setProperty("width", "100%", "important");
    const pane = map.createPane("duogui-labels");
    pane.style.zIndex = 620;
    pane.style.pointerEvents = "none";
    const state = {
      drawn: new Map(),
      wanted: [],
      data: new Map(),
      labels: new Set(),
      generation: 0,
      touched: false,
      point: null,
      clicks: 0,
      // One canvas for all layers: ten thousand shapes stay quick. Evidence drawn by others is SVG above it.
      renderer: L.canvas({ padding: 0.3 }),
      memory: `duogui:${options.name}`,
    };
    states.set(map, state);
    const [closer, farther] = options.zoomTitles;
    L.control.zoom({ zoomInTitle: closer, zoomOutTitle: farther }).addTo(map);
    map.attributionControl?.setPrefix(false);
    L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
    state.notice = L.control({ position: "topright" });
    state.notice.onAdd = () => L.DomUtil.create("div", "duogui-notice");
    state.notice.addTo(map);
    const home = L.latLngBounds(options.bounds);
    const saved = remembered(state);
    map.invalidateSize({ pan: false });
    if (saved.center) {
      map.setView(saved.center, saved.zoom, { animate: false });
      state.touched = true;
    } else {
      map.fitBounds(home, { animate: false });
    }
    new ResizeObserver(() => {
      map.invalidateSize({ pan: true });
      if (!state.touched) map.fitBounds(home, { animate: false });
      if (state.point) map.panInside(state.point.getLatLng(), { padding: [40, 40], animate: false });
    }).observe(container);
    const touch = () => {
      state.touched = true;
    };
    map.on("dragstart boxzoomstart", touch);
    container.addEventListener("wheel", touch, { passive: true });
    container.addEventListener("pointerdown", touch);
    map.on("moveend", () => {
      declutter(map);
      if (state.touched) remember(state, { center: map.getCenter(), zoom: map.getZoom() });
    });
    if (!options.clickable) return;
    map.on("click", (event) => {
      // The answer to Python is the clicked place; with these two it also says how near is near, and that it is new.
      event.latlng.zoom = map.getZoom();
      event.latlng.serial = state.clicks += 1;
      mark(map, event.latlng);
    });
  }

  function remembered(state) {
    try {
      return JSON.parse(sessionStorage.getItem(state.memory)) || {};
    } catch {
      return {};
    }
  }

  function remember(state, changes) {
    sessionStorage.setItem(state.memory, JSON.stringify({ ...remembered(state), ...changes }));
  }

  function mark(map, latlng) {
    const state = states.get(map);
    if (state.point) state.point.remove();
    state.point = null;
    if (!latlng) return;
    const icon = L.divIcon({ className: "duogui-place", iconSize: [22, 22] });
    state.point = L.marker(latlng, { icon, interactive: false, keyboard: false, pane: "duogui-labels" }).addTo(map);
  }

  function load(state, spec) {
    if (spec.data) return Promise.resolve(spec.data);
    if (!state.data.has(spec.url)) {
      const fetched = fetch(spec.url).then((answer) => {
        if (!answer.ok) throw new Error(`${answer.status} ${spec.url}`);
        return answer.json();
      });
      fetched.catch(() => state.data.delete(spec.url));
      state.data.set(spec.url, fetched);
    }
    return state.data.get(spec.url);
  }

  function identity(spec) {
    return [spec.key, spec.url || JSON.stringify(spec.data), JSON.stringify(spec.style), spec.labels, spec.hover].join("|");
  }

  function drop(map, state, id) {
    const drawn = state.drawn.get(id);
    drawn.layer.remove();
    drawn.layer.labels.forEach((marker) => {
      marker.remove();
      state.labels.delete(marker);
    });
    state.drawn.delete(id);
  }

  function arrange(map, state) {
    state.wanted.forEach((id) => state.drawn.get(id)?.layer.raise());
    declutter(map);
  }

  async function show(map, state, spec, id) {
    const data = await load(state, spec);
    const wanted = state.specs.get(id);
    if (!wanted || state.drawn.has(id)) return;
    const layer = build(map, wanted, data);
    state.drawn.set(id, { layer, opacity: wanted.opacity });
    layer.add();
    layer.labels.forEach((marker) => state.labels.add(marker.addTo(map)));
    arrange(map, state);
  }

  function sync(map, content) {
    const state = states.get(map);
    state.specs = new Map(content.layers.map((spec) => [identity(spec), spec]));
    state.wanted = [...state.specs.keys()];
    [...state.drawn.keys()].filter((id) => !state.specs.has(id)).forEach((id) => drop(map, state, id));
    const loading = [];
    for (const [id, spec] of state.specs) {
      const drawn = state.drawn.get(id);
      if (!drawn) loading.push(show(map, state, spec, id));
      else if (drawn.opacity !== spec.opacity) {
        drawn.layer.fade(spec.opacity);
        drawn.opacity = spec.opacity;
      }
    }
    arrange(map, state);
    const notice = state.notice.getContainer();
    notice.replaceChildren(...content.notices.map(({ text, strong }) => {
      const line = textNode(text);
      line.className = strong ? "duogui-strong" : "";
      return line;
    }));
    mark(map, content.point);
    fly(map, state, content.view);
    const generation = (state.generation += 1);
    map.getContainer().dataset.ready = "";
    Promise.allSettled(loading).then((results) => {
      if (state.generation !== generation) return;
      map.getContainer().dataset.ready = "yes";
      if (results.every((result) => result.status === "fulfilled")) return;
      const line = textNode(content.missing);
      line.className = "duogui-strong";
      notice.prepend(line);
    });
  }

  function fly(map, state, view) {
    if (!view || remembered(state).serial === view.serial) return;
    state.touched = true;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const options = { maxZoom: view.maxZoom, padding: [24, 24], duration: 0.8 };
    if (still) map.fitBounds(view.bounds, { ...options, animate: false });
    else map.flyToBounds(view.bounds, options);
    remember(state, { serial: view.serial });
  }

  return { setup, sync };
})();
