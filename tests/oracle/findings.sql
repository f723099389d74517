-- Findings, cut anew out of the layers: what each shows, after the rules that speak instead, and the numbers it tells.
-- An arc has as many chords as the engine's (`quad_segs`): how round a corner is drawn is a convention, not a result.

-- What was judged and which widths were assumed. No geometry and no size of the engine's comes in.
CREATE TABLE finding (
    finding text PRIMARY KEY,
    rule text,
    turn int,  -- of its rule: a rule comes after those that speak instead of it
    relation text,
    subject_layer text,
    subject_id text,  -- * for the layer as a whole
    against_layer text,
    against_id text,  -- * for the layer as a whole
    limit_m float8,
    road_land boolean,  -- the object is a road, judged from the edge of its land
    edge_m float8,  -- how far an object's edge lies from its geometry; of a road's, where its land is not surveyed
    cut_m float8,  -- the same where only the widest land makes it a conflict
    half_width_m float8,  -- of a line whose land is told
    subject_zone_m float8,
    against_zone_m float8,
    widest boolean DEFAULT false  -- which scale to take where more than one will do
);
CREATE TABLE replaces (rule text, replaced text);
CREATE TABLE left_out (rule text, layer text, position int);  -- objects that a rule does not mean
CREATE TABLE stretch (rule text, kind text, exempts boolean);  -- layers whose stretches of a line a rule speaks of
CREATE TABLE whole (rule text, layer text, geom geometry);  -- all that a rule means of a layer
CREATE TABLE evidence (
    finding text PRIMARY KEY,
    rule text,
    subject_layer text,
    subject_id text,
    geom geometry,  -- what the finding shows
    ground geometry,  -- what is judged with it, and left out by the rules that give way
    taken geometry  -- what was judged by rules that speak instead
);

CREATE FUNCTION without(one geometry, other geometry) RETURNS geometry IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN other IS NULL OR ST_IsEmpty(other) THEN one ELSE ST_Difference(one, other) END
$$;

-- A line, or places on it, without the stretches in tunnels and on bridges: those that the rule exempts, or all that it
-- speaks of.
CREATE FUNCTION on_surface(rule_id text, line_id text, line geometry, all_kinds boolean) RETURNS geometry
STABLE LANGUAGE sql AS $$
    SELECT CASE WHEN ST_Dimension(line) = 2 THEN line ELSE without(line, (
        SELECT ST_Union(ST_Buffer(f.geom, 1, 'quad_segs=8 endcap=flat'))
        FROM feature f JOIN stretch s ON s.rule = rule_id AND s.kind = f.layer
        WHERE f.attributes->>'road' = line_id AND ST_DWithin(f.geom, line, 1) AND (s.exempts OR all_kinds)
    )) END
$$;

-- Patches of a road's land in the land-use survey (1003 公路用地) that its centre line runs through.
CREATE FUNCTION surveyed_land(line geometry) RETURNS geometry STABLE LANGUAGE sql AS $$
    SELECT ST_Union(geom) FROM feature
    WHERE layer = 'land_use' AND attributes->>'land_class' = '1003' AND ST_Intersects(geom, line)
        AND ST_Length(ST_Intersection(geom, line)) > 1
$$;

-- A road by how its land's edge is known: the surveyed patches, and the rest of the centre line with its half-width.
CREATE FUNCTION road_pieces(line geometry, edge_m float8, cut_m float8)
RETURNS TABLE (geom geometry, edge float8, cut float8) STABLE LANGUAGE sql AS $$
    WITH surveyed AS MATERIALIZED (SELECT surveyed_land(line) AS geom)
    SELECT geom, 0, 0 FROM surveyed WHERE geom IS NOT NULL
    UNION ALL
    SELECT without(line, geom), edge_m, cut_m FROM surveyed WHERE ST_Length(without(line, geom)) > 1
$$;

CREATE FUNCTION object_pieces(f finding, geom geometry)
RETURNS TABLE (geom geometry, edge float8, cut float8) STABLE LANGUAGE sql AS $$
    WITH above AS MATERIALIZED (SELECT on_surface(f.rule, f.against_id, geom, false) AS geom)
    SELECT p.* FROM above, road_pieces(above.geom, f.edge_m, f.cut_m) p WHERE f.road_land
    UNION ALL
    SELECT above.geom, f.edge_m, f.cut_m FROM above WHERE NOT f.road_land
$$;

CREATE FUNCTION widened(geom geometry, by_m float8) RETURNS geometry IMMUTABLE LANGUAGE sql AS $$
    SELECT ST_Buffer(geom, by_m * scale_at(ST_Centroid(geom)), 'quad_segs=16')
$$;

CREATE FUNCTION meant_union(rule_id text, key text, zone_m float8) RETURNS geometry STABLE LANGUAGE sql AS $$
    SELECT ST_Union(CASE WHEN zone_m IS NULL THEN geom ELSE widened(geom, zone_m) END)
    FROM feature o
    WHERE o.layer = key AND o.of_kind AND NOT EXISTS (
        SELECT FROM left_out l WHERE l.rule = rule_id AND l.layer = o.layer AND l.position = o.position
    )
$$;

-- The scale at a place of the object that is nearest to the subject; where they meet, any such place will do.
CREATE FUNCTION nearest_scale(f finding, one geometry, other geometry) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN f.widest THEN max(scale_at(place.geom)) ELSE min(scale_at(place.geom)) END
    FROM ST_DumpPoints(
        CASE WHEN ST_Intersects(one, other) THEN ST_Intersection(one, other) ELSE ST_ClosestPoint(other, one) END
    ) place
$$;

-- Within reach of an object's edge, so that the ground distance is kept.
CREATE FUNCTION within_reach(f finding, one geometry, other geometry) RETURNS geometry STABLE LANGUAGE sql AS $$
    SELECT ST_Union(ST_CollectionExtract(
        ST_Intersection(
            one, ST_Buffer(p.geom, (f.limit_m + p.cut) * nearest_scale(f, one, p.geom), 'quad_segs=64')
        ),
        ST_Dimension(one) + 1
    ))
    FROM object_pieces(f, other) p WHERE distance_m(one, p.geom) <= (f.limit_m + p.cut) * (1 + 1e-6)
$$;

CREATE FUNCTION zones_meet(f finding, one geometry, other geometry) RETURNS geometry STABLE LANGUAGE sql AS $$
    SELECT ST_Union(ST_Intersection(
        widened(p.geom, f.subject_zone_m + p.edge),
        CASE WHEN f.against_zone_m IS NULL THEN other ELSE widened(other, f.against_zone_m) END
    ))
    FROM road_pieces(one, f.half_width_m, f.half_width_m) p
$$;

CREATE FUNCTION land_of_line(line geometry, half_width_m float8, place geometry, other geometry) RETURNS geometry
IMMUTABLE LANGUAGE sql AS $$
    SELECT ST_CollectionExtract(
        ST_Intersection(ST_Buffer(line, half_width_m * scale_at(place), 'quad_segs=8 endcap=flat'), other), 3
    )
$$;

-- What a subject shares with an object; of a line that passes by, the land that it takes beside it.
CREATE FUNCTION shared_or_land(f finding, subject feature, against geometry) RETURNS geometry STABLE LANGUAGE sql AS $$
    SELECT CASE
        WHEN f.half_width_m IS NULL OR size_of(shared(subject.geom, against), 1) > 0
            THEN on_surface(f.rule, f.subject_id, shared(subject.geom, against), false)
        ELSE land_of_line(
            on_surface(f.rule, f.subject_id, subject.geom, true),
            f.half_width_m, ST_PointOnSurface(subject.geom), against
        )
    END
$$;

CREATE FUNCTION raw_evidence(f finding, subject feature, against geometry) RETURNS geometry STABLE LANGUAGE sql AS $$
    SELECT CASE
        WHEN f.relation IN ('lookup', 'required', 'recorded_area') THEN subject.geom
        WHEN f.relation = 'outside' THEN without(subject.geom, against)
        WHEN f.relation = 'within_distance' THEN within_reach(f, subject.geom, against)
        WHEN f.relation = 'coverage' AND f.against_layer <> f.subject_layer THEN (
            SELECT ST_Union(geom) FROM gap_pieces(f.subject_layer, f.against_layer)
            WHERE subject_position = subject.position
        )
        WHEN f.relation = 'line_crossing'
            THEN on_surface(f.rule, f.subject_id, crossings(subject.geom, against), false)
        WHEN f.subject_zone_m IS NOT NULL THEN zones_meet(f, subject.geom, against)
        ELSE shared_or_land(f, subject, against)
    END
$$;

CREATE PROCEDURE cut_evidence() LANGUAGE plpgsql AS $$
DECLARE
    now_turn int;
BEGIN
    TRUNCATE evidence, whole;
    INSERT INTO whole SELECT rule, against_layer, meant_union(rule, against_layer, against_zone_m) FROM (
        SELECT DISTINCT rule, against_layer, against_zone_m FROM finding
        WHERE against_id = '*' AND relation IN ('overlap', 'straddle', 'outside')
    ) asked;
    FOR now_turn IN SELECT DISTINCT turn FROM finding ORDER BY turn LOOP
        INSERT INTO evidence
        SELECT
            f.finding, f.rule, f.subject_layer, f.subject_id, cut.geom,
            CASE
                WHEN f.relation = 'overlap' AND f.against_id <> '*' AND ST_Dimension(a.geom) = 2 THEN a.geom
                ELSE cut.geom
            END,
            taken.geom
        FROM finding f
        JOIN feature s ON s.layer = f.subject_layer AND s.id = f.subject_id
        LEFT JOIN LATERAL (
            SELECT geom FROM feature WHERE layer = f.against_layer AND id = f.against_id
            UNION ALL SELECT geom FROM whole WHERE rule = f.rule AND layer = f.against_layer AND f.against_id = '*'
        ) a ON true
        CROSS JOIN LATERAL (
            SELECT ST_Union(e.ground) AS geom FROM evidence e JOIN replaces r ON r.rule = e.rule
            WHERE r.replaced = f.rule AND e.subject_layer = f.subject_layer AND e.subject_id = f.subject_id
        ) taken
        CROSS JOIN LATERAL (SELECT without(raw_evidence(f, s, a.geom), taken.geom) AS geom) cut
        WHERE f.turn = now_turn;
    END LOOP;
END
$$;

-- Everything that a finding tells: area, length, distance, share of the subject, and whether there is evidence at all.
CREATE VIEW told AS
SELECT
    f.finding,
    CASE
        WHEN kind = 2 THEN area_m2(e.geom)
        WHEN kind = 1 AND f.half_width_m IS NOT NULL
            THEN area_m2(without(land_of_line(
                on_surface(f.rule, f.subject_id, s.geom, false), f.half_width_m, ST_PointOnSurface(e.geom), a.geom
            ), e.taken))
    END AS area_m2,
    CASE WHEN kind = 1 THEN length_m(e.geom) END AS length_m,
    CASE WHEN f.relation = 'within_distance' THEN (
        SELECT min(greatest(distance_m(s.geom, p.geom) - p.edge, 0)) FROM object_pieces(f, a.geom) p
        WHERE p.edge IS NOT NULL
    ) END AS distance_m,
    CASE WHEN kind > 0 AND size_of(s.geom, kind) > 0 THEN 100 * size_of(e.geom, kind) / size_of(s.geom, kind) END
        AS share_pct,
    (NOT ST_IsEmpty(e.geom))::int AS is_found
FROM finding f
JOIN evidence e ON e.finding = f.finding
JOIN feature s ON s.layer = f.subject_layer AND s.id = f.subject_id
CROSS JOIN LATERAL ST_Dimension(e.geom) AS kind
LEFT JOIN feature a ON a.layer = f.against_layer AND a.id = f.against_id;
