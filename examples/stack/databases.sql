CREATE ROLE headwater LOGIN PASSWORD 'headwater';
CREATE DATABASE headwater OWNER headwater;
