-- What the engine must answer, said once more in PostGIS. Geometry is cut in the plane of the working CRS; every size
-- is taken on the ellipsoid of CGCS2000 (SRID 4490).

CREATE EXTENSION postgis;

CREATE TABLE feature (
    layer text,
    position int,
    id text,
    of_kind boolean,  -- of the kind of its layer: a line among polygons is not
    attributes jsonb,
    geom geometry,
    PRIMARY KEY (layer, position),
    UNIQUE (layer, id)
);
CREATE INDEX ON feature USING gist (geom);

-- ---- sizes ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION area_m2(geom geometry) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT coalesce(ST_Area(ST_Transform(ST_CollectionExtract(geom, 3), 4490)::geography, true), 0)
$$;

CREATE FUNCTION length_m(geom geometry) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT coalesce(ST_Length(ST_Transform(ST_CollectionExtract(geom, 2), 4490)::geography, true), 0)
$$;

-- Area of polygons, length of lines; a point that is there counts 1.
CREATE FUNCTION size_of(geom geometry, dimension int) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE dimension
        WHEN 2 THEN area_m2(geom)
        WHEN 1 THEN length_m(geom)
        ELSE CASE WHEN ST_IsEmpty(geom) THEN 0 ELSE 1 END
    END
$$;

-- On the ground, between the two points that lie nearest in the plane.
CREATE FUNCTION distance_m(one geometry, other geometry) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT ST_Distance(
        ST_Transform(ST_StartPoint(line), 4490)::geography, ST_Transform(ST_EndPoint(line), 4490)::geography, true
    )
    FROM ST_ShortestLine(one, other) AS line
$$;

-- Plane metres per ground metre at a place: the projection is true to shape, so one direction tells all.
CREATE FUNCTION scale_at(place geometry) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT 200 / ST_Distance(
        ST_Transform(ST_Translate(place, 0, -100), 4490)::geography,
        ST_Transform(ST_Translate(place, 0, 100), 4490)::geography,
        true
    )
$$;

-- ---- relations ------------------------------------------------------------------------------------------------------

-- What a subject shares with an object; a line that runs along a polygon's border does not run through it.
CREATE FUNCTION shared(one geometry, other geometry) RETURNS geometry IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE
        WHEN ST_Dimension(one) = 1 AND ST_Length(ST_Intersection(one, ST_Boundary(other))) > 0
            THEN ST_Difference(ST_Intersection(one, other), ST_Boundary(other))
        ELSE ST_Intersection(one, other)
    END
$$;

CREATE FUNCTION union_of(wanted text) RETURNS geometry STABLE LANGUAGE sql AS $$
    SELECT ST_Union(geom) FROM feature WHERE layer = wanted AND of_kind
$$;

CREATE TYPE pair AS (subject int, against int, size float8);

CREATE FUNCTION overlap_pairs(subject_key text, against_key text) RETURNS SETOF pair STABLE LANGUAGE sql AS $$
    SELECT s.position, a.position, size_of(shared(s.geom, a.geom), ST_Dimension(s.geom))
    FROM feature s JOIN feature a ON ST_Intersects(s.geom, a.geom)
    WHERE s.layer = subject_key AND a.layer = against_key AND s.of_kind AND a.of_kind
        AND (s.layer <> a.layer OR s.position < a.position)
$$;

CREATE FUNCTION outside_pairs(subject_key text, against_key text) RETURNS SETOF pair STABLE LANGUAGE sql AS $$
    WITH covered AS MATERIALIZED (SELECT union_of(against_key) AS geom)
    SELECT s.position, -1, size_of(coalesce(ST_Difference(s.geom, covered.geom), s.geom), ST_Dimension(s.geom))
    FROM feature s, covered
    WHERE s.layer = subject_key AND s.of_kind
$$;

-- Farther out than the limit, so that both sides of it are seen.
CREATE FUNCTION distance_pairs(subject_key text, against_key text, reach_m float8) RETURNS SETOF pair STABLE LANGUAGE sql AS $$
    SELECT s.position, a.position, distance_m(s.geom, a.geom)
    FROM feature s JOIN feature a ON ST_DWithin(s.geom, a.geom, reach_m * 1.01)
    WHERE s.layer = subject_key AND a.layer = against_key
$$;

-- Each connected gap, with the feature that has the longest border with it and the outer polygon nearest to it.
CREATE FUNCTION gap_pieces(subject_key text, against_key text)
RETURNS TABLE (subject_position int, against_position int, geom geometry) STABLE LANGUAGE sql AS $$
    SELECT
        (
            SELECT position FROM feature f WHERE f.layer = subject_key AND f.of_kind
            ORDER BY ST_Length(ST_Intersection(ST_Boundary(gap.geom), f.geom)) DESC, ST_Distance(gap.geom, f.geom)
            LIMIT 1
        ),
        (
            SELECT position FROM feature f WHERE f.layer = against_key AND f.of_kind
            ORDER BY ST_Distance(gap.geom, f.geom), position LIMIT 1
        ),
        gap.geom
    FROM ST_Dump(ST_CollectionExtract(ST_Difference(union_of(against_key), union_of(subject_key)), 3)) gap
$$;

CREATE FUNCTION gap_pairs(subject_key text, against_key text) RETURNS SETOF pair STABLE LANGUAGE sql AS $$
    SELECT subject_position, against_position, sum(area_m2(geom))
    FROM gap_pieces(subject_key, against_key) GROUP BY 1, 2
$$;

-- Where two lines cross: where they meet, at both ends of a stretch that they share, and where one of them ends on the
-- other to within a millimetre; not where both end. (Two lines that only touch with a bend would count here.)
CREATE FUNCTION crossings(one geometry, other geometry) RETURNS geometry IMMUTABLE LANGUAGE sql AS $$
    WITH meeting AS MATERIALIZED (
        SELECT ST_Intersection(one, other) AS geom, ST_Boundary(one) AS ends, ST_Boundary(other) AS other_ends
    ), place AS (
        SELECT (ST_Dump(ST_CollectionExtract(geom, 1))).geom FROM meeting
        UNION ALL SELECT (ST_Dump(ST_Boundary(ST_LineMerge(ST_CollectionExtract(geom, 2))))).geom FROM meeting
        UNION ALL SELECT e.geom FROM meeting, ST_Dump(ends) e WHERE ST_DWithin(e.geom, other, 0.001)
        UNION ALL SELECT e.geom FROM meeting, ST_Dump(other_ends) e WHERE ST_DWithin(e.geom, one, 0.001)
    ), together AS (
        SELECT place.geom, ST_ClusterDBSCAN(place.geom, 0.001, 1) OVER () AS cluster FROM place, meeting
        WHERE NOT (ST_DWithin(place.geom, ends, 0.001) AND ST_DWithin(place.geom, other_ends, 0.001))
    )
    SELECT ST_Collect(geom) FROM (SELECT ST_Centroid(ST_Collect(geom)) AS geom FROM together GROUP BY cluster) apart
$$;

CREATE FUNCTION crossing_pairs(subject_key text, against_key text)
RETURNS TABLE (subject int, against int, places geometry) STABLE LANGUAGE sql AS $$
    SELECT * FROM (
        SELECT s.position, a.position, crossings(s.geom, a.geom) AS places
        FROM feature s JOIN feature a ON ST_DWithin(s.geom, a.geom, 0.001)
        WHERE s.layer = subject_key AND a.layer = against_key AND s.of_kind AND a.of_kind
    ) pair WHERE places IS NOT NULL
$$;
